"""Restyle page: choose a song and a sound for each stem, start, see the result."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from backend.app.contract.jobs import RestyleRequest, VideoOptions
from backend.app.contract.restyles import RestyleSettings, StemStyle
from backend.app.contract.stems import StemFormat
from backend.app.contract.uploads import TrackView
from frontend.labels import figures
from frontend.labels.restyle import is_restyled
from frontend.sections.restyle.grain_settings import ask_grains
from frontend.sections.restyle.restyle_result import show_restyle
from frontend.sections.restyle.stem_styles import Styles, ask_styles
from frontend.sections.shared.crate import CrateState, ask_crate, titles_of
from frontend.sections.shared.form_fields import ask_video, choose_one, start_bar, text_line
from frontend.sections.shared.job_page import job_page, open_job
from frontend.sections.shared.separator import SeparatorChoice, ask_separator
from frontend.state import session


class Output(TypedDict):
    """Title and files of a restyle, as fields of the request."""

    title: str
    format: StemFormat
    video: VideoOptions | None


def ask() -> None:
    """Draw the form: song, separator, stems, grains, files."""
    state = ask_crate(
        "restyle",
        "Drop a song here",
        more="Drop another song instead",
        intro="The same song, played by other sounds: drums of rain, a bass of cello, chords of a "
        "music box. Notes and timing stay.",
    )
    track = ask_track(state)
    separator = ask_separator()
    st.subheader("Stems", anchor=False)
    styles = ask_styles(separator.separator.stems)
    st.subheader("Grains", anchor=False)
    settings = ask_grains()
    output = ask_output()
    start(state, track, styles, settings, separator, output)


def ask_track(state: CrateState) -> TrackView | None:
    """Ask for the song; if there are several, preselect the one dropped last."""
    if len(state.tracks) < 2:
        return next(iter(state.tracks), None)
    by_id = {track.id: track for track in state.tracks}
    chosen = st.selectbox(
        "Song",
        list(by_id),
        index=len(by_id) - 1,
        format_func=titles_of(state.tracks).__getitem__,
        key=f"restyle_which_of_{len(by_id)}",
    )
    return by_id[chosen]


def ask_output() -> Output:
    """Ask for title, file format and video."""
    st.subheader("The restyle", anchor=False)
    left, right = st.columns(2)
    with left:
        title = text_line("Title", "restyle_title", "If empty: the song's title")
    with right:
        format_ = choose_one("File format", figures.STEM_FORMATS, "restyle_format", default="wav")
    return {"title": title, "format": format_, "video": ask_video("restyle_video", wanted=False)}


def start(
    state: CrateState,
    track: TrackView | None,
    styles: Styles,
    settings: RestyleSettings,
    separator: SeparatorChoice,
    output: Output,
) -> None:
    """Draw the start button."""
    pressed = start_bar(
        "Create restyle",
        "grain",
        missing=missing(state, styles) or separator.missing,
        ready="Ready.",
    )
    if pressed and track is not None:
        request = RestyleRequest(
            track_id=track.id,
            config={
                name: style for name, style in styles.items() if style and style != StemStyle()
            },
            settings=settings,
            model=separator.model,
            weights_notice_accepted=separator.notice_accepted,
            **output,
        )
        open_job(session.api().start(request).id)
        st.rerun()


def missing(state: CrateState, styles: Styles) -> str | None:
    """Return what the user must still do before the restyle can start."""
    if state.uploading:
        return "The file is still uploading."
    if not state.tracks:
        return "Drop a song first."
    without_sound = [figures.STEMS[name].lower() for name, style in styles.items() if not style]
    if without_sound:
        return f"Choose a sound for {' and '.join(without_sound)}."
    if not any(style and style.enabled for style in styles.values()):
        return "Every stem is left out: keep at least one."
    if not any(style and is_restyled(style) for style in styles.values()):
        return "Choose a sound for at least one stem."
    return None


job_page("restyle", ask=ask, show=show_restyle)
