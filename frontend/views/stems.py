"""Stems page: separate songs into stems, then play them."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from backend.app.contract.jobs import StemsRequest
from backend.app.contract.stems import StemFormat, StemName
from frontend.labels import figures
from frontend.labels.figures import counted
from frontend.sections.shared.crate import CrateState, ask_crate, titles_of
from frontend.sections.shared.form_fields import choose_one, start_bar
from frontend.sections.shared.job_page import job_page, open_job
from frontend.sections.shared.separator import SeparatorChoice, ask_separator
from frontend.sections.stems.stems_result import show_stems
from frontend.state import session

ALL = "all"


class Source(TypedDict, total=False):
    """What one separation job works on: a crate or a single track."""

    tracks_upload_id: str
    track_id: str


def ask() -> None:
    """Draw the form: songs, separator, stems, files."""
    state = ask_crate(
        "stems",
        "Drop your songs here",
        intro="Separate songs into drums, bass, vocals and other, to listen, mix and download.",
    )
    track_id = ask_tracks(state)
    separator = ask_separator()
    stems = ask_stems(separator)
    format_ = choose_one("File format", figures.STEM_FORMATS, "stems_format")
    start(state, track_id, separator, stems, format_)


def ask_tracks(state: CrateState) -> str | None:
    """Ask for one of the tracks; None means all."""
    if len(state.tracks) < 2:
        return None
    titles = titles_of(state.tracks)
    all_tracks = "Both tracks" if len(titles) == 2 else f"All {len(titles)} tracks"
    chosen = st.selectbox(
        "Song",
        [ALL, *titles],
        format_func=lambda one: titles.get(one, all_tracks),
        key="stems_which",
    )
    return None if chosen == ALL else chosen


def ask_stems(separator: SeparatorChoice) -> list[StemName]:
    """Ask which of the separator's stems to make."""
    names = separator.separator.stems
    return st.pills(
        "Stems",
        names,
        default=names,
        selection_mode="multi",
        format_func=figures.STEMS.__getitem__,
        key=f"stems_of_{separator.model}",
        persist_state="session",
    )


def start(
    state: CrateState,
    track_id: str | None,
    separator: SeparatorChoice,
    stems: list[StemName],
    format_: StemFormat,
) -> None:
    """Draw the start button."""
    pressed = start_bar(
        "Separate", "layers", missing=missing(state, separator, stems), ready=ready(state, track_id)
    )
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
    """List the jobs to start: one for a whole crate, else one for each track."""
    if track_id is None and state.crate is not None and state.is_whole:
        return [{"tracks_upload_id": state.crate.id}]
    chosen = [track_id] if track_id else [track.id for track in state.tracks]
    return [{"track_id": one} for one in chosen]


def ready(state: CrateState, track_id: str | None) -> str:
    """Return how many songs will be separated, and in how many jobs."""
    n_jobs = len(sources(state, track_id))
    if n_jobs > 1:
        return f"{counted(n_jobs, 'track')}, ready: one job each."
    whole = track_id is None and state.is_whole
    return f"{counted(len(state.tracks) if whole else 1, 'track')}, ready."


def missing(state: CrateState, separator: SeparatorChoice, stems: list[StemName]) -> str | None:
    """Return what the user must still do before a separation can start."""
    if state.uploading:
        return "Files are still uploading."
    if not state.tracks:
        return "Drop at least one song first."
    return separator.missing or (None if stems else "Choose at least one stem.")


job_page("stems", ask=ask, show=show_stems)
