"""Mixes of stems that a person saved: each started once, found again among the jobs."""

from __future__ import annotations

from backend.app.contract.jobs import ArtifactView, JobView, StemMixRequest

from . import session

ACTIVE = ("queued", "running")


def start(request: StemMixRequest) -> None:
    """Have it made, unless just the same one is there or on its way."""
    if not any(_asks(job, request) and not _fell_through(job) for job in session.api().jobs()):
        session.api().start(request)


def of_track(job_id: str, track_id: str) -> list[JobView]:
    """The mixes saved of a track of a stems job, newest first."""
    return [job for job in session.api().jobs() if _is_of(job, job_id, track_id)]


def sound(job: JobView) -> ArtifactView | None:
    """The file of a mix, once there is one."""
    files = (file for file in job.artifacts if file.media_type.startswith("audio/"))
    return next(files, None)


def _is_of(job: JobView, job_id: str, track_id: str) -> bool:
    request = job.request
    if not isinstance(request, StemMixRequest):
        return False
    return (request.job_id, request.track_id) == (job_id, track_id)


def _asks(job: JobView, request: StemMixRequest) -> bool:
    return job.request == request


def _fell_through(job: JobView) -> bool:
    return job.status in ("failed", "cancelled")
