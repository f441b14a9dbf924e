"""Mashup page: choose songs and a vibe, see how they fit, start, see the result."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypedDict

import streamlit as st

from backend.app.contract.jobs import AudioFormat, MashupRequest, VideoOptions
from backend.app.contract.mashups import VIBES, MashupFits, MashupStem, Vibe
from backend.app.contract.publishing import DescriptionOptions
from backend.app.contract.stems import FOUR_STEMS, StemName
from backend.app.contract.uploads import TrackView
from frontend.api.errors import ApiError, attempt
from frontend.components.cards.fit_card import fit_card, other_fits
from frontend.error_messages import escaped, show_error
from frontend.labels import mashup
from frontend.labels.figures import STEMS, counted
from frontend.labels.mashup import VIBE_HELP, VIBE_NAMES, Titles
from frontend.sections.mashup.mashup_result import show_mashup
from frontend.sections.mixtape.analysis_status import show_analyses
from frontend.sections.publish.description_fields import ask_description
from frontend.sections.shared.crate import CrateState, ask_crate, titles_of
from frontend.sections.shared.form_fields import ask_names, ask_video, choose_formats, start_bar
from frontend.sections.shared.job_page import job_page, open_job
from frontend.sections.shared.separator import SeparatorChoice, ask_separator
from frontend.state import session
from frontend.state.mixtape_draft import linked_names

MAX_SONGS = 4
PICKS = "mashup_tracks_picked"
#: The id of the crate whose songs the user has picked by hand.
PICKED_CRATE = session.Key[str]("mashup_picked_crate")
#: Choice of singer: the pair with the best score decides.
BEST = "best"


class Output(TypedDict):
    """Names and files of a mashup, as fields of the request."""

    title: str
    artist: str
    formats: list[AudioFormat]
    stems: bool
    stem_settings: dict[StemName, MashupStem]
    video: VideoOptions | None
    description: DescriptionOptions


def ask() -> None:
    """Draw the form: songs, vibe, singer, files, separator."""
    state = ask_crate(
        "mashup",
        "Drop one to four songs here",
        intro="Combine one to four songs: the vocals of one over the music of another, on the "
        "beat, in key, with an arrangement of its own.",
    )
    tracks = ask_tracks(state)
    st.subheader("Vibe", anchor=False)
    vibe = ask_vibe()
    singer = ask_fit(state, tracks, vibe)
    output = ask_output(linked_names(tracks, None))
    separator = ask_separator()
    start(state, tracks, vibe, singer, output, separator)


def ask_tracks(state: CrateState) -> list[TrackView]:
    """Ask for the songs; if there are more than four, preselect the first four."""
    if state.crate is None or len(state.tracks) <= MAX_SONGS:
        return state.tracks
    titles = titles_of(state.tracks)
    by_hand = PICKED_CRATE.get() == state.crate.id
    picked = st.session_state.get(PICKS) if by_hand else None
    if picked is None:
        st.markdown(f"The first {MAX_SONGS} of {len(titles)} tracks are used; pick others below.")
        st.session_state[PICKS] = list(titles)[:MAX_SONGS]
    else:
        st.session_state[PICKS] = [one for one in picked if one in titles]
    chosen = st.pills(
        f"Songs, up to {MAX_SONGS}",
        list(titles),
        selection_mode="multi",
        format_func=titles.__getitem__,
        key=PICKS,
        on_change=PICKED_CRATE.put,
        args=(state.crate.id,),
    )
    return [track for track in state.tracks if track.id in chosen]


def ask_vibe() -> Vibe:
    """Ask for the vibe; the style sheet draws the options as cards."""
    chosen = st.radio(
        "Vibe",
        VIBES,
        format_func=VIBE_NAMES.__getitem__,
        captions=[VIBE_HELP[vibe] for vibe in VIBES],
        horizontal=True,
        label_visibility="collapsed",
        width="stretch",
        key="vibe",
        persist_state="session",
    )
    return chosen or VIBES[0]


def ask_fit(state: CrateState, tracks: list[TrackView], vibe: Vibe) -> str | None:
    """Once all songs are analysed, show how they fit, and ask who sings."""
    if state.crate is None or not tracks:
        return None
    st.subheader("Fit", anchor=False)
    analyses = show_analyses(state.crate, uploading=state.uploading)
    if any(track.id not in analyses for track in tracks):
        st.caption("The fit appears when all songs are analysed.")
        return None
    if len(tracks) > MAX_SONGS:
        return None
    all_titles = titles_of(state.tracks)
    titles = {track.id: all_titles[track.id] for track in tracks}
    crate_id = state.crate.id
    fits = attempt(lambda: session.api().fits(crate_id, vibe, list(titles)))
    if isinstance(fits, ApiError):
        show_error(fits)
        return None
    singer = choose_singer(fits, titles)
    show_fit(
        fits, titles, singer, beatless={one for one in titles if not analyses[one].rhythm.beats_s}
    )
    return singer


def show_fit(
    fits: MashupFits, titles: Titles, singer: str | None, beatless: Collection[str]
) -> None:
    """Show how well the songs fit, and which one may be left out."""
    for warning in mashup.left_out(fits, titles, beatless):
        st.markdown(f":material/warning: {escaped(warning)}")
    chosen = mashup.best(fits, singer)
    if chosen is None:
        st.caption("The fit of these songs is not known yet.")
    else:
        fit_card(chosen, titles, measured_on=fits.measured_on)
        other_fits([fit for fit in fits.pairs if fit != chosen], titles)


def choose_singer(fits: MashupFits, titles: Titles) -> str | None:
    """Ask who sings, if there is more than one song."""
    if len(titles) < 2:
        return None
    fit = mashup.best(fits, None)
    names = {BEST: f"Best fit: {titles.get(fit.vocals, 'Untitled')}" if fit else "Best fit"}
    chosen = st.segmented_control(
        "Who sings",
        [BEST, *titles],
        default=BEST,
        required=True,
        format_func=lambda one: names.get(one) or titles[one],
        key=f"singer_of_{' '.join(sorted(titles))}",
    )
    return None if chosen == BEST else chosen


def ask_output(linked: Sequence[str]) -> Output:
    """Ask for names, files and description; every field has a default.

    ``linked`` are names of songs with links.
    """
    st.subheader("The mashup", anchor=False)
    title, artist = ask_names("mashup", "If empty: the songs' titles")
    formats = choose_formats("mashup_formats")
    stems = st.toggle(
        "Include stems",
        key="mashup_stems",
        persist_state="session",
        help="Drums, bass, other and vocals of the mashup, each as a FLAC file.",
    )
    stem_settings = ask_stems()
    with st.expander("Video and description", icon=":material/tune:"):
        video = ask_video("mashup_video", wanted=False)
        description = ask_description("mashup", linked)
    return {
        "title": title,
        "artist": artist,
        "formats": formats,
        "stems": stems,
        "stem_settings": stem_settings,
        "video": video,
        "description": description,
    }


def ask_stems() -> dict[StemName, MashupStem]:
    """Ask which stems play; by default all do."""
    playing = st.pills(
        "Stems that play",
        FOUR_STEMS,
        default=FOUR_STEMS,
        selection_mode="multi",
        format_func=STEMS.__getitem__,
        key="mashup_playing",
        persist_state="session",
    )
    return {stem: MashupStem(enabled=False) for stem in FOUR_STEMS if stem not in playing}


def start(
    state: CrateState,
    tracks: list[TrackView],
    vibe: Vibe,
    singer: str | None,
    output: Output,
    separator: SeparatorChoice,
) -> None:
    """Draw the start button."""
    pressed = start_bar(
        "Create mashup",
        "join_inner",
        missing=missing(state, tracks, output) or separator.missing,
        ready=f"{counted(len(tracks), 'track')}, ready.",
    )
    if pressed and state.crate is not None:
        request = MashupRequest(
            tracks_upload_id=state.crate.id,
            tracks=None if tracks == state.crate.tracks else [track.id for track in tracks],
            vibe=vibe,
            vocals_from=singer,
            model=separator.model,
            weights_notice_accepted=separator.notice_accepted,
            **output,
        )
        open_job(session.api().start(request).id)
        st.rerun()


def missing(state: CrateState, tracks: list[TrackView], output: Output) -> str | None:
    """Return what the user must still do before the mashup can start."""
    if state.uploading:
        return "Files are still uploading."
    if not tracks:
        return "Drop at least one song first."
    if len(tracks) > MAX_SONGS:
        return f"A mashup has at most {MAX_SONGS} songs: pick fewer."
    if len(output["stem_settings"]) == len(FOUR_STEMS):
        return "Choose at least one stem that plays."
    return None if output["formats"] else "Choose at least one file format."


job_page("mashup", ask=ask, show=show_mashup)
