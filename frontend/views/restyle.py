"""Restyle: a song whose stems are re-played with the grains of other sounds."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView, RestyleRequest
from backend.app.contract.restyles import RestyleSettings
from backend.app.contract.stems import StemFormat
from backend.app.contract.uploads import TrackView
from frontend import session, words
from frontend.forms.asked_job import asked_job
from frontend.forms.crate import CrateState, ask_crate, list_tracks, start_over_button, titles_of
from frontend.forms.earlier import earlier, open_job
from frontend.forms.grains import ask_grains
from frontend.forms.job_card import delete, job_card
from frontend.forms.restyle_result import show_restyle
from frontend.forms.separator import SeparatorChoice, ask_separator
from frontend.forms.stem_styles import StemWishes, ask_styles
from frontend.job_kinds import KINDS
from frontend.restyle_words import is_restyled

PAGE = "restyle"
FORMATS: tuple[StemFormat, ...] = ("wav", "flac", "mp3")


def view() -> None:
    """What came out of the job in the address, or else what is to be restyled."""
    job_id = st.query_params.get("job")
    if job_id is None:
        return ask()
    return show_result(asked_job(job_id, "Restyle"))


def ask() -> None:
    """A song, what becomes of each stem, how grains are laid."""
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.title("Restyle", anchor=False)
        start_over_button(PAGE)
    st.markdown(
        "The same song, played by something else: drums of rain, a bass of cello, "
        "chords of a music box. Its notes and its timing stay."
    )
    state = ask_crate(PAGE, "Drop a song here", "Drop another song instead")
    track = ask_track(state)
    separator = ask_separator()
    st.subheader("Stems", anchor=False)
    wishes = ask_styles(separator.separator.stems)
    st.subheader("Grains", anchor=False)
    settings = ask_grains()
    title, format_ = ask_file()
    start(state, track, wishes, settings, separator, title, format_)
    earlier("restyle", "Restyled before")


def ask_track(state: CrateState) -> TrackView | None:
    """The one song; of several, the last that was dropped, until another is picked."""
    list_tracks(PAGE, state)
    if len(state.tracks) < 2:
        return next(iter(state.tracks), None)
    by_id = {track.id: track for track in state.tracks}
    chosen = st.selectbox(
        "Which song",
        list(by_id),
        index=len(by_id) - 1,
        format_func=titles_of(state.tracks).__getitem__,
        key=f"restyle_which_of_{len(by_id)}",
    )
    return by_id[chosen]


def ask_file() -> tuple[str, StemFormat]:
    """What it is called, and the kind of file."""
    st.subheader("The restyle", anchor=False)
    left, right = st.columns(2)
    title = left.text_input(
        "Title",
        key="restyle_title",
        max_chars=200,
        placeholder="As the song",
        persist_state="session",
    )
    format_ = right.segmented_control(
        "Files",
        FORMATS,
        default="wav",
        required=True,
        format_func=words.FORMATS.__getitem__,
        key="restyle_format",
        persist_state="session",
    )
    return title or "", format_


def start(
    state: CrateState,
    track: TrackView | None,
    wishes: StemWishes,
    settings: RestyleSettings,
    separator: SeparatorChoice,
    title: str,
    format_: StemFormat,
) -> None:
    """The button, or what it waits for."""
    reason = why_not_yet(state, wishes, len(separator.separator.stems)) or separator.why_not_yet
    with st.container(horizontal=True, vertical_alignment="center", key="start_bar"):
        pressed = st.button(
            "Restyle",
            type="primary",
            icon=":material/grain:",
            disabled=reason is not None,
            key="start",
        )
        st.caption(reason or "Ready.")
    if pressed and track is not None:
        request = RestyleRequest(
            track_id=track.id,
            config=wishes.styles,
            settings=settings,
            title=title,
            model=separator.model,
            weights_notice_accepted=separator.notice_accepted,
            format=format_,
        )
        open_job(session.api().start(request).id)
        st.rerun()


def why_not_yet(state: CrateState, wishes: StemWishes, n_stems: int) -> str | None:
    """What is missing before it can start."""
    if state.uploading:
        return "The file is still on its way."
    if not state.tracks:
        return "Drop a song first."
    if wishes.without_sound:
        names = " and ".join(words.STEMS[stem].lower() for stem in wishes.without_sound)
        return f"Choose a sound for {names}."
    styles = wishes.styles
    if sum(not style.enabled for style in styles.values()) == n_stems:
        return "Every stem is left out: keep at least one."
    if not any(is_restyled(style) for style in styles.values()):
        return "Choose a sound for at least one stem."
    return None


def show_result(job: JobView | None) -> None:
    """How the job stands, or what it made."""
    if st.button("Restyle another song", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.pop("job", None)
        st.rerun()
    if job is None:
        return None
    if job.status == "succeeded":
        show_restyle(job)
        return delete(job, KINDS["restyle"])
    st.title("Restyle", anchor=False)
    return job_card(job, in_detail=True, opens=False)


view()
