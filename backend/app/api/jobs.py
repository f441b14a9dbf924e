"""Jobs: ask for one, watch it, cancel, retry, delete."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Response, status
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from ..contract.jobs import JobList, JobRequest, JobView
from ..errors import NotFound, StoreBusy
from ..jobs.states import TERMINAL
from .dependencies import CurrentUser, ExecutorDep, JobsDep

router = APIRouter(prefix="/jobs", tags=["jobs"])

# Twice a second reads as live, and costs a listener two looks at one row.
_EVENTS_EVERY_S = 0.5


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def start_job(request: JobRequest, user: CurrentUser, jobs: JobsDep, response: Response) -> JobView:
    """Queue a job of any kind."""
    job = jobs.submit(user.id, request)
    response.headers["Location"] = f"/jobs/{job.id}"
    return job


@router.get("")
def list_jobs(user: CurrentUser, jobs: JobsDep) -> JobList:
    """Your newest jobs, newest first."""
    return JobList(jobs=jobs.list(user.id))


@router.get("/{job_id}")
def show_job(job_id: str, user: CurrentUser, jobs: JobsDep) -> JobView:
    """A job: how far it is, and what it has made."""
    return jobs.show(user.id, job_id)


@router.post("/{job_id}/cancel")
def cancel_job(job_id: str, user: CurrentUser, jobs: JobsDep) -> JobView:
    """End a job; one that runs is ended within a second or two."""
    return jobs.cancel(user.id, job_id)


@router.post("/{job_id}/retry")
def retry_job(job_id: str, user: CurrentUser, jobs: JobsDep) -> JobView:
    """Queue a failed or cancelled job again; it goes on after its last finished step."""
    return jobs.retry(user.id, job_id)


@router.delete("/{job_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_job(job_id: str, user: CurrentUser, jobs: JobsDep) -> None:
    """Forget a job and its files."""
    jobs.delete(user.id, job_id)


# A dependency, so that a job that is not there is answered before the stream begins.
_Shown = Annotated[JobView, Depends(show_job)]


@router.get("/{job_id}/events", response_class=EventSourceResponse)
async def job_events(
    first: _Shown, user: CurrentUser, jobs: JobsDep, executor: ExecutorDep
) -> AsyncIterator[ServerSentEvent]:
    """The job as server-sent events: at once, then after every change until it has ended."""
    view = first
    yield ServerSentEvent(event="job", data=view)
    while view.status not in TERMINAL and not executor.is_stopping():
        await asyncio.sleep(_EVENTS_EVERY_S)
        try:
            latest = await run_in_threadpool(jobs.show, user.id, view.id)
        except NotFound:  # deleted meanwhile: there is nothing more to tell
            return
        except StoreBusy:
            continue
        if latest != view:
            view = latest
            yield ServerSentEvent(event="job", data=view)
