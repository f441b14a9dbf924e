"""WebSockets that follow jobs: one job, or all of a user."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool

from ...accounts.tokens import VerifiedToken
from ...contract.live import JobChange
from ..dependencies import JobsDep, JobStreamsDep, SocketsDep
from ..live.job_streams import JobStreams
from ..live.listeners import JobFeed, JobStream
from ..live.sockets import DELETED, ENDED, SIGNED_OUT, STOPPING, Closing, send_changes

router = APIRouter(prefix="/ws", tags=["jobs"])


@router.websocket("/jobs/{job_id}")
async def follow_job(
    socket: WebSocket, job_id: str, jobs: JobsDep, streams: JobStreamsDep, sockets: SocketsDep
) -> None:
    """Send a job now and after every change until it ends; the first message is a token."""

    async def follow(token: VerifiedToken) -> Closing | None:
        job = await run_in_threadpool(jobs.show, token.holder.user_id, job_id)
        with streams.open(token, job) as stream:
            closing = await send_changes(socket, _views(job_id, stream))
            return _end_of(stream, streams) if closing == ENDED else closing

    await sockets.serve(socket, follow)


@router.websocket("/me")
async def follow_all_jobs(socket: WebSocket, streams: JobStreamsDep, sockets: SocketsDep) -> None:
    """Send each of the user's jobs after every change; the first message is a token."""

    async def follow(token: VerifiedToken) -> Closing | None:
        with streams.open_feed(token) as feed:
            closing = await send_changes(socket, _changes(feed))
        end = STOPPING if streams.is_stopping() else SIGNED_OUT
        return end if closing == ENDED else closing

    await sockets.serve(socket, follow)


async def _views(job_id: str, stream: JobStream) -> AsyncIterator[JobChange]:
    async for view in stream.views():
        yield JobChange(job_id=job_id, job=view)


async def _changes(feed: JobFeed) -> AsyncIterator[JobChange]:
    async for job_id, view in feed.changes():
        yield JobChange(job_id=job_id, job=view)


def _end_of(stream: JobStream, streams: JobStreams) -> Closing:
    """Why a stream has come to its end."""
    if stream.is_over:
        return SIGNED_OUT
    if stream.view is None:
        return STOPPING if streams.is_stopping() else DELETED
    return ENDED
