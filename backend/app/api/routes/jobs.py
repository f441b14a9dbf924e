"""Routes for jobs: submit, list, show, cancel, retry, start now, delete, events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ...contract.job_list import JobList, JobQuery
from ...contract.jobs import JobRequest, JobView, RetryOptions
from ..dependencies import CurrentToken, CurrentUser, JobsDep, JobStreamsDep
from ..live.listeners import JobStream

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def start_job(request: JobRequest, user: CurrentUser, jobs: JobsDep, response: Response) -> JobView:
    """Queue a job of any kind."""
    job = jobs.submit(user.id, request)
    response.headers["Location"] = f"/jobs/{job.id}"
    return job


@router.get("")
def list_jobs(query: Annotated[JobQuery, Query()], user: CurrentUser, jobs: JobsDep) -> JobList:
    """List a page of jobs, newest first; previews and analyses only if asked for by ``kind``.

    ``kind`` and ``status`` may be repeated; the next page is ``before`` the id of the last job.
    """
    return jobs.list(user.id, query)


@router.get("/{job_id}")
def show_job(job_id: str, user: CurrentUser, jobs: JobsDep) -> JobView:
    """Show a job's state, progress and artifacts."""
    return jobs.show(user.id, job_id)


@router.post("/{job_id}/cancel")
def cancel_job(job_id: str, user: CurrentUser, jobs: JobsDep) -> JobView:
    """Cancel a job; a running one stops within one or two seconds."""
    return jobs.cancel(user.id, job_id)


@router.post("/{job_id}/retry")
def retry_job(
    job_id: str, user: CurrentUser, jobs: JobsDep, options: RetryOptions = RetryOptions()
) -> JobView:
    """Retry a failed or cancelled job; it resumes after its last finished step.

    409 ``confirmation_needed`` if the video may be on YouTube and ``not_on_youtube`` is not set.
    """
    return jobs.retry(user.id, job_id, options)


@router.post("/{job_id}/now")
def start_job_now(job_id: str, user: CurrentUser, jobs: JobsDep) -> JobView:
    """Start a job that waits for a time (``resumes_at``) now; it may have to wait again."""
    return jobs.start_now(user.id, job_id)


@router.delete("/{job_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_job(job_id: str, user: CurrentUser, jobs: JobsDep) -> None:
    """Delete a job and its files."""
    jobs.delete(user.id, job_id)


# A dependency, so that a missing job is answered with 404 before the stream begins.
_Shown = Annotated[JobView, Depends(show_job)]


async def _opened_stream(
    first: _Shown, token: CurrentToken, streams: JobStreamsDep
) -> AsyncIterator[JobStream]:
    with streams.open(token, first) as stream:
        yield stream


_Stream = Annotated[JobStream, Depends(_opened_stream)]


@router.get("/{job_id}/events", response_class=EventSourceResponse)
async def job_events(stream: _Stream) -> AsyncIterator[ServerSentEvent]:
    """Stream the job as server-sent events: now, then after every change until it ends.

    A user may follow ten jobs at once; 429 ``too_many_streams`` beyond. The stream also ends with
    the sign-in and with the access token; connect again with a fresh one.
    """
    async for view in stream.views():
        yield ServerSentEvent(event="job", data=view)
