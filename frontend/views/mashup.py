"""Mashup: one to four songs, who sings over whom, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import streamlit as st

from backend.app.contract.jobs import AudioFormat, JobView, MashupRequest
from backend.app.contract.mashups import Vibe
from backend.app.contract.uploads import TrackView
from frontend import session, words
from frontend.forms.asked_job import asked_job
from frontend.forms.crate import CrateState, ask_crate, list_tracks, start_over_button, titles_of
from frontend.forms.earlier import earlier, open_job
from frontend.forms.fit import ask_singer
from frontend.forms.heard_line import listen
from frontend.forms.job_card import delete, job_card
from frontend.forms.mashup_result import show_mashup
from frontend.forms.separator import SeparatorChoice, ask_separator
from frontend.forms.vibe import ask_vibe
from frontend.job_kinds import KINDS

PAGE = "mashup"
MOST = 4
PICKS = "mashup_tracks_picked"
#: The crate out of which songs were picked by hand.
PICKED_OF = session.Key[str]("mashup_picked_of")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a mashup is to be called, and which files are made of it."""

    title: str
    artist: str
    formats: list[AudioFormat]
    stems: bool


def view() -> None:
    """What came out of the job in the address, or else what is to be mashed up."""
    job_id = st.query_params.get("job")
    if job_id is None:
        return ask()
    return show_result(asked_job(job_id, "Mashup"))


def ask() -> None:
    """Songs, the vibe, who sings, who takes them apart, which files."""
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.title("Mashup", anchor=False)
        start_over_button(PAGE)
    st.markdown(
        "One to four songs become one: the voice of one over the music of another, "
        "on the beat, in key, with an arrangement of its own."
    )
    state = ask_crate(PAGE, "Drop one to four songs here")
    tracks = ask_tracks(state)
    st.subheader("Vibe", anchor=False)
    vibe = ask_vibe()
    singer = ask_fit(state, tracks, vibe)
    wishes = ask_wishes()
    separator = ask_separator()
    start(state, tracks, vibe, singer, wishes, separator)
    earlier("mashup", "Mashed up before")


def ask_tracks(state: CrateState) -> list[TrackView]:
    """The songs; of more than four, the first that were dropped, until others are picked."""
    list_tracks(PAGE, state)
    if state.crate is None or len(state.tracks) <= MOST:
        return state.tracks
    titles = titles_of(state.tracks)
    by_hand = PICKED_OF.get() == state.crate.id
    held = st.session_state.get(PICKS) if by_hand else None
    st.session_state[PICKS] = list(titles)[:MOST] if held is None else [*filter(titles.get, held)]
    if held is None:
        count = words.tracks(len(titles))
        st.markdown(f"{count}: the first {MOST} are taken; choose others below.")
    picked = st.pills(
        f"Which songs, up to {MOST}",
        list(titles),
        selection_mode="multi",
        format_func=titles.__getitem__,
        key=PICKS,
        on_change=PICKED_OF.put,
        args=(state.crate.id,),
    )
    return [track for track in state.tracks if track.id in picked]


def ask_fit(state: CrateState, tracks: list[TrackView], vibe: Vibe) -> str | None:
    """How well they fit, once they have been heard; who sings, if somebody was chosen."""
    if state.crate is None or not tracks:
        return None
    st.subheader("Fit", anchor=False)
    heard = listen(state.crate, uploading=state.uploading)
    if any(track.id not in heard for track in tracks):
        st.caption("The fit is shown as soon as all songs have been heard.")
        return None
    if len(tracks) > MOST:
        return None
    titles = titles_of(state.tracks)
    return ask_singer(state.crate.id, {track.id: titles[track.id] for track in tracks}, vibe, heard)


def ask_wishes() -> Wishes:
    """Names and files; all of it has a sensible default."""
    st.subheader("The mashup", anchor=False)
    left, right = st.columns(2)
    title = left.text_input(
        "Title",
        key="mashup_title",
        max_chars=200,
        placeholder="As the songs",
        persist_state="session",
    )
    artist = right.text_input("Artist", key="mashup_artist", max_chars=200, persist_state="session")
    formats = st.pills(
        "Files",
        list(words.FORMATS),
        default=["mp3"],
        selection_mode="multi",
        format_func=words.FORMATS.__getitem__,
        key="mashup_formats",
        persist_state="session",
    )
    stems = st.toggle(
        "Its stems as files, too",
        key="mashup_stems",
        persist_state="session",
        help="Drums, bass, other and vocals of the finished mashup, a FLAC each.",
    )
    return Wishes(title or "", artist or "", [cast("AudioFormat", one) for one in formats], stems)


def start(
    state: CrateState,
    tracks: list[TrackView],
    vibe: Vibe,
    singer: str | None,
    wishes: Wishes,
    separator: SeparatorChoice,
) -> None:
    """The button, or what it waits for."""
    reason = why_not_yet(state, tracks, wishes) or separator.why_not_yet
    with st.container(horizontal=True, vertical_alignment="center", key="start_bar"):
        pressed = st.button(
            "Mash up",
            type="primary",
            icon=":material/join_inner:",
            disabled=reason is not None,
            key="start",
        )
        st.caption(reason or f"{words.tracks(len(tracks))}, ready.")
    if pressed and state.crate is not None:
        request = MashupRequest(
            tracks_upload_id=state.crate.id,
            tracks=None if tracks == state.crate.tracks else [track.id for track in tracks],
            vibe=vibe,
            vocals_from=singer,
            title=wishes.title,
            artist=wishes.artist,
            model=separator.model,
            weights_notice_accepted=separator.notice_accepted,
            stems=wishes.stems,
            formats=wishes.formats,
        )
        open_job(session.api().start(request).id)
        st.rerun()


def why_not_yet(state: CrateState, tracks: list[TrackView], wishes: Wishes) -> str | None:
    """What is missing before it can start."""
    if state.uploading:
        return "Files are still on their way."
    if not tracks:
        return "Drop at least one song first."
    if len(tracks) > MOST:
        return f"A mashup has at most {MOST} songs: pick fewer."
    return None if wishes.formats else "Choose at least one kind of file."


def show_result(job: JobView | None) -> None:
    """How the job stands, or what it made."""
    if st.button("Mash up other songs", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.pop("job", None)
        st.rerun()
    if job is None:
        return None
    if job.status == "succeeded":
        show_mashup(job)
        return delete(job, KINDS["mashup"])
    st.title("Mashup", anchor=False)
    return job_card(job, in_detail=True, opens=False)


view()
