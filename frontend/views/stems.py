"""Stems: songs taken apart, and each stem to hear, to mix and to keep."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from backend.app.contract.jobs import JobView, StemsRequest
from backend.app.contract.stems import StemFormat, StemName
from frontend import session, words
from frontend.forms.asked_job import asked_job
from frontend.forms.crate import CrateState, ask_crate, list_tracks, start_over_button, titles_of
from frontend.forms.earlier import earlier, open_job
from frontend.forms.job_card import delete, job_card
from frontend.forms.separator import SeparatorChoice, ask_separator
from frontend.forms.taken_apart import show_stems
from frontend.job_kinds import KINDS

PAGE = "stems"
ALL = "all"
FORMATS: dict[StemFormat, str] = {"flac": "FLAC", "wav": "WAV", "mp3": "MP3"}


class Source(TypedDict, total=False):
    """What a job takes apart: a crate or a track."""

    tracks_upload_id: str
    track_id: str


def view() -> None:
    """What came out of the job in the address, or else what is to be taken apart."""
    job_id = st.query_params.get("job")
    if job_id is None:
        return ask()
    return show_result(asked_job(job_id, "Stems"))


def ask() -> None:
    """Tracks, who takes them apart, which stems, which files."""
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.title("Stems", anchor=False)
        start_over_button(PAGE)
    state = ask_crate(PAGE, "Drop your songs here")
    track_id = ask_tracks(state)
    separator = ask_separator()
    stems = ask_stems(separator)
    format_ = ask_format()
    start(state, track_id, separator, stems, format_)
    earlier("stems", "Taken apart before")


def ask_tracks(state: CrateState) -> str | None:
    """Which of the tracks; None is all of them."""
    list_tracks(PAGE, state)
    if len(state.tracks) < 2:
        return None
    titles = titles_of(state.tracks)
    chosen = st.selectbox(
        "Which song",
        [ALL, *titles],
        format_func=lambda one: titles.get(one, all_of(len(titles))),
        key="stems_which",
    )
    return None if chosen == ALL else chosen


def ask_stems(separator: SeparatorChoice) -> list[StemName]:
    """Which stems are wanted: all that the separator can tell, or some."""
    names = separator.separator.stems
    return st.pills(
        "Stems",
        names,
        default=names,
        selection_mode="multi",
        format_func=words.STEMS.__getitem__,
        key=f"stems_of_{separator.model}",
        persist_state="session",
    )


def ask_format() -> StemFormat:
    """The kind of file a stem."""
    return st.segmented_control(
        "Files",
        list(FORMATS),
        default="flac",
        required=True,
        format_func=FORMATS.__getitem__,
        key="stems_format",
        persist_state="session",
    )


def start(
    state: CrateState,
    track_id: str | None,
    separator: SeparatorChoice,
    stems: list[StemName],
    format_: StemFormat,
) -> None:
    """The button, or what it waits for."""
    reason = why_not_yet(state, separator, stems)
    with st.container(horizontal=True, vertical_alignment="center", key="start_bar"):
        pressed = st.button(
            "Take apart",
            type="primary",
            icon=":material/layers:",
            disabled=reason is not None,
            key="start",
        )
        st.caption(reason or ready(state, track_id))
    if pressed and state.crate is not None:
        jobs = [
            session.api().start(
                StemsRequest(
                    **source,
                    model=separator.model,
                    weights_notice_accepted=separator.notice_accepted,
                    stems=None if len(stems) == len(separator.separator.stems) else stems,
                    format=format_,
                )
            )
            for source in sources(state, track_id)
        ]
        if len(jobs) > 1:
            st.switch_page("views/jobs.py")
        open_job(jobs[0].id)
        st.rerun()


def sources(state: CrateState, track_id: str | None) -> list[Source]:
    """What is taken apart: all of a crate in one job, else each track in a job of its own."""
    if track_id is None and state.crate is not None and state.is_whole:
        return [{"tracks_upload_id": state.crate.id}]
    chosen = [track_id] if track_id else [track.id for track in state.tracks]
    return [{"track_id": one} for one in chosen]


def ready(state: CrateState, track_id: str | None) -> str:
    """How many songs will be taken apart, and in how many jobs."""
    count = len(sources(state, track_id))
    if count > 1:
        return f"{words.tracks(count)}, ready: each is a job of its own."
    whole = track_id is None and state.is_whole
    return f"{words.tracks(len(state.tracks) if whole else 1)}, ready."


def all_of(count: int) -> str:
    """All songs of the list."""
    return "Both tracks" if count == 2 else f"All {words.tracks(count)}"


def why_not_yet(state: CrateState, separator: SeparatorChoice, stems: list[StemName]) -> str | None:
    """What is missing before it can start."""
    if state.uploading:
        return "Files are still on their way."
    if not state.tracks:
        return "Drop at least one song first."
    return separator.why_not_yet or (None if stems else "Choose at least one stem.")


def show_result(job: JobView | None) -> None:
    """The stems, or how their job stands."""
    if st.button("Take other songs apart", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.pop("job", None)
        st.rerun()
    if job is None:
        return None
    if job.status != "succeeded":
        st.title("Stems", anchor=False)
        return job_card(job, in_detail=True, opens=False)
    show_stems(job)
    return delete(job, KINDS["stems"])


view()
