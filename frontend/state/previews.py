"""Previews of single joins; each request has one job."""

from __future__ import annotations

import time

from backend.app.contract.jobs import JobView, PreviewRequest

from . import session
from .job_state import is_active

FILE = "preview.mp3"
#: Nearly all previews are rendered within this time.
USUAL_S = 4.0
LOOK_EVERY_S = 0.1
#: Preview jobs' ids, by request.
JOBS = session.Key[str]("preview_jobs")
#: The latest request; its preview plays automatically.
AUTOPLAY = session.Key[str]("preview_autoplay")


def start(request: PreviewRequest) -> None:
    """Start a preview, unless the same request already has a job."""
    AUTOPLAY.put(_name(request))
    JOBS.of(_name(request)).get_or(lambda: session.api().start(request).id)


def job_for(request: PreviewRequest) -> JobView | None:
    """Return the job of a preview, if it was started."""
    job_id = JOBS.of(_name(request)).get()
    return session.api().job(job_id) if job_id else None


def wait_for(request: PreviewRequest) -> JobView | None:
    """Wait for a preview to end, but no longer than most previews take."""
    deadline = time.monotonic() + USUAL_S
    while (job := job_for(request)) and is_active(job) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    return job


def forget(request: PreviewRequest) -> None:
    """Forget a failed preview, so that the user can start it again."""
    JOBS.of(_name(request)).drop()


def plays_automatically(request: PreviewRequest) -> bool:
    """Whether this preview was requested last."""
    return AUTOPLAY.get() == _name(request)


def _name(request: PreviewRequest) -> str:
    return request.model_dump_json()
