"""What is heard in tracks: asked for once a crate, fetched once a session."""

from __future__ import annotations

from collections.abc import Sequence

from backend.app.contract.analysis import GridFix, TrackAnalysis
from backend.app.contract.jobs import AnalysisRequest, JobView
from backend.app.contract.uploads import TracksUploadView

from . import session
from .api_client import ApiError

#: What was heard, by track; a track nobody listened to yet is not in it.
HEARD = session.Key[dict[str, TrackAnalysis]]("heard")
#: The job that listens to a crate, by the crate as it then was.
LISTENERS = session.Key[dict[str, str]]("listeners")
#: Tracks are heard in their order: past so many unheard ones there is nothing new to fetch.
UNHEARD_IN_A_ROW = 3


def held(track_ids: Sequence[str]) -> dict[str, TrackAnalysis]:
    """What this session already knows of some tracks."""
    known = HEARD.get() or {}
    return {track_id: known[track_id] for track_id in track_ids if track_id in known}


def fetch(track_ids: Sequence[str]) -> dict[str, TrackAnalysis]:
    """What is known of some tracks; what this session lacks is asked for."""
    missed = 0
    for track_id in track_ids:
        if track_id not in (HEARD.get() or {}) and missed < UNHEARD_IN_A_ROW:
            missed = 0 if _ask(track_id) else missed + 1
    return held(track_ids)


def _ask(track_id: str) -> bool:
    try:
        _keep(track_id, session.api().analysis(track_id))
    except ApiError as problem:
        if problem.code not in ("not_analysed", "not_found"):
            raise
        return False
    return True


def fix(track_id: str, wanted: GridFix) -> TrackAnalysis:
    """Put right what was heard, for good."""
    fixed = session.api().fix_analysis(track_id, wanted)
    _keep(track_id, fixed)
    return fixed


def _keep(track_id: str, analysis: TrackAnalysis) -> None:
    HEARD.put({**(HEARD.get() or {}), track_id: analysis})


def listener(crate: TracksUploadView) -> str:
    """The id of the job that listens to this crate: one that works already, else a new one."""
    name = f"{crate.id} {len(crate.tracks)}"
    known = LISTENERS.get() or {}
    if name not in known:
        known = {**known, name: _working_on(crate) or _start(crate)}
        LISTENERS.put(known)
    return known[name]


def listen_again(crate: TracksUploadView) -> None:
    """Give up the job that failed; the next look starts another."""
    name = f"{crate.id} {len(crate.tracks)}"
    LISTENERS.put({key: job for key, job in (LISTENERS.get() or {}).items() if key != name})


def _working_on(crate: TracksUploadView) -> str | None:
    """A job that was asked for since the last of these tracks, such as before a reload."""
    mine = (job for job in session.api().jobs() if _listens_to(job, crate.id))
    return next((job.id for job in mine if job.status in ("queued", "running")), None)


def _listens_to(job: JobView, crate_id: str) -> bool:
    request = job.request
    return isinstance(request, AnalysisRequest) and request.tracks_upload_id == crate_id


def _start(crate: TracksUploadView) -> str:
    return session.api().start(AnalysisRequest(tracks_upload_id=crate.id)).id
