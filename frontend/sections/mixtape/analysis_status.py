"""Line above the tracks: progress of their analysis, then a summary."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.uploads import TracksUploadView
from frontend.error_messages import escaped
from frontend.labels.figures import counted
from frontend.labels.job_status import job_status
from frontend.sections.shared.refresh import refresh
from frontend.state import session, track_analyses

REFRESH_S = 1.5


def show_analyses(crate: TracksUploadView, *, uploading: bool) -> dict[str, TrackAnalysis]:
    """Analyse a crate in the background; return the finished analyses."""
    track_ids = [track.id for track in crate.tracks]
    analyses = track_analyses.fetch(track_ids)
    if len(analyses) == len(track_ids):
        st.caption(f":material/hearing: {summary(analyses)}")
    elif uploading:
        st.caption(":material/hearing: The analysis starts when all files are uploaded.")
    else:
        refresh(lambda: follow(crate, len(analyses)), REFRESH_S)
    return analyses


def follow(crate: TracksUploadView, n_shown: int) -> None:
    """Show the progress, and redraw the page when further analyses are ready."""
    job = session.api().job(track_analyses.analysis_job(crate))
    analyses = track_analyses.fetch([track.id for track in crate.tracks])
    if len(analyses) > n_shown:
        st.rerun()
    if job.status in ("failed", "cancelled"):
        show_failure(crate, job.error.message if job.error else "")
    elif job.status == "queued":
        st.caption(f":material/hearing: Your tracks will be analysed. {job_status(job)}.")
    else:
        count = f"{len(analyses)} of {len(crate.tracks)}"
        st.caption(f":material/hearing: Analysing your tracks… {count}")


def show_failure(crate: TracksUploadView, reason: str) -> None:
    """Show why the analysis failed, and offer another attempt.

    A mix can start in spite of it: the mixtape job analyses its tracks itself.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="not_analysed"):
        st.caption(
            f":material/hearing_disabled: Analysis failed. {escaped(reason)}", width="stretch"
        )
        st.button("Analyse again", type="tertiary", on_click=track_analyses.restart, args=(crate,))


def summary(analyses: dict[str, TrackAnalysis]) -> str:
    """Summarise analyses: number of tracks, range of tempos, tracks with an uncertain beat."""
    tracks = f"Analysed {counted(len(analyses), 'track')}"
    rhythms = [analysis.rhythm for analysis in analyses.values() if analysis.rhythm.beats_s]
    if not rhythms:
        return f"{tracks}: no beat found."
    tempos = sorted(rhythm.tempo_bpm for rhythm in rhythms)
    span = " to ".join(dict.fromkeys(f"{tempo:.0f}" for tempo in (tempos[0], tempos[-1])))
    unsure = sum(analysis.rhythm.beats_are_unsure for analysis in analyses.values())
    check = f" Check {counted(unsure, 'track')} with an uncertain beat." if unsure else ""
    return f"{tracks}, {span} BPM.{check}"
