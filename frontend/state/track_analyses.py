"""Track analyses: one job for each crate; each result is fetched once a session."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.analysis import GridFix, TrackAnalysis
from backend.app.contract.job_list import JobQuery
from backend.app.contract.jobs import AnalysisRequest
from backend.app.contract.uploads import TracksUploadView

from . import session

#: Analyses by track id; tracks not yet analysed are missing.
ANALYSES = session.Key[TrackAnalysis]("analyses")
#: Ids of analysis jobs, by crate and number of tracks.
JOBS = session.Key[str]("analysis_jobs")
#: One request may name at most this many tracks.
AT_ONCE = 60


def cached(track_ids: Sequence[str]) -> dict[str, TrackAnalysis]:
    """Return the analyses that this session has already fetched."""
    known = {track_id: ANALYSES.of(track_id).get() for track_id in track_ids}
    return {track_id: analysis for track_id, analysis in known.items() if analysis}


def fetch(track_ids: Sequence[str]) -> dict[str, TrackAnalysis]:
    """Fetch the analyses that are ready."""
    missing = [one for one in dict.fromkeys(track_ids) if not ANALYSES.of(one).get()]
    for first in range(0, len(missing), AT_ONCE):
        ready = session.api().analyses(missing[first : first + AT_ONCE])
        for track_id, analysis in ready.items():
            ANALYSES.of(track_id).put(analysis)
    return cached(track_ids)


def correct(track_id: str, fix: GridFix) -> None:
    """Save a correction of a track's analysis."""
    ANALYSES.of(track_id).put(session.api().fix_analysis(track_id, fix))


def analysis_job(crate: TracksUploadView) -> str:
    """Return the id of the job that analyses a crate; start one if there is none."""

    def find_or_start() -> str:
        active = JobQuery(kind=["analysis"], status=["queued", "running"], limit=100)
        jobs = session.api().jobs(active).jobs
        running = (job.id for job in jobs if job.request.get("tracks_upload_id") == crate.id)
        request = AnalysisRequest(tracks_upload_id=crate.id)
        return next(running, None) or session.api().start(request).id

    return _job_key(crate).get_or(find_or_start)


def restart(crate: TracksUploadView) -> None:
    """Forget a failed analysis job; the next run of the page starts another."""
    _job_key(crate).drop()


def _job_key(crate: TracksUploadView) -> session.Key[str]:
    return JOBS.of(crate.id, str(len(crate.tracks)))
