"""Listeners to one job, and to all jobs of a user."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from ...accounts.tokens import VerifiedToken
from ...contract.jobs import JobView
from ...jobs.states import TERMINAL


@dataclass(slots=True, eq=False)
class JobStream:
    """One listener's stream of a job; ``view`` is None once the job is deleted.

    It holds the newest view only, so that a slow listener costs no memory.
    """

    token: VerifiedToken
    view: JobView | None
    is_over: bool = False
    is_new: bool = True
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def views(self) -> AsyncIterator[JobView]:
        """Yield the job now and after each change, until the job or the sign-in ends."""
        while self.view is not None and not self.is_over:
            yield self.view
            if self.has_ended():
                return
            await self.changed.wait()
            self.changed.clear()

    def has_ended(self) -> bool:
        """Whether the job has ended, or is deleted."""
        return self.view is None or self.view.status in TERMINAL

    def show(self, view: JobView | None) -> None:
        """Replace the view to send; a view that was not sent yet is skipped."""
        self.view = view
        self.is_new = True
        self.changed.set()

    def end(self) -> None:
        """End the stream, even if the job is still running."""
        self.is_over = True
        self.changed.set()


@dataclass(slots=True, eq=False)
class JobFeed:
    """One listener to all jobs of a user: a stream for each job that has not ended.

    ``ended`` are jobs whose end was sent a moment ago.
    """

    token: VerifiedToken
    is_over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    streams: dict[str, JobStream] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    async def changes(self) -> AsyncIterator[tuple[str, JobView | None]]:
        """Yield each job's id and newest view after a change; None for a deleted job."""
        while not self.is_over:
            for job_id, stream in [*self.streams.items()]:
                if stream.is_new:
                    stream.is_new = False
                    yield job_id, stream.view
            await self.changed.wait()
            self.changed.clear()

    def follow(self, job_id: str, view: JobView) -> JobStream:
        """Add a stream for a job."""
        stream = JobStream(self.token, view, changed=self.changed)
        self.streams[job_id] = stream
        self.changed.set()
        return stream

    def end(self) -> None:
        """End the feed."""
        self.is_over = True
        self.changed.set()
