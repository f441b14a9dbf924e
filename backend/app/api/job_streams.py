"""Send jobs' changes to all listeners, with one database query for all jobs."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from ..accounts.sign_in import Accounts
from ..accounts.tokens import VerifiedToken
from ..contract.jobs import JobView
from ..errors import NotFound, StoreBusy, TooManyStreams
from ..jobs.states import TERMINAL
from ..services.jobs.jobs import Jobs
from ..store.accounts.sign_ins import Holder
from ..store.jobs.marks import Mark

#: A limit per user leaves the server's other connections to other users.
STREAMS_PER_USER = 10
# Seconds between two queries for changes; twice a second looks live.
_LOOK_EVERY_S = 0.5
# A stream may continue for this long after its user has signed out.
_CHECK_SIGN_INS_EVERY_S = 2.0
# Estimates and queue positions change without a change of the job's row.
_REFRESH_RUNNING_S = 2.0
_REFRESH_WAITING_S = 5.0


@dataclass(slots=True, eq=False)
class JobStream:
    """One listener's stream of a job; ``view`` is None once the job is deleted."""

    token: VerifiedToken
    view: JobView | None
    is_over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def views(self) -> AsyncIterator[JobView]:
        """Yield the job now and after each change, until the job or the sign-in ends."""
        while self.view is not None and not self.is_over:
            yield self.view
            if self.view is None or self.view.status in TERMINAL:
                return
            await self.changed.wait()
            self.changed.clear()

    def show(self, view: JobView | None) -> None:
        """Replace the view to send; a view that was not sent yet is skipped."""
        self.view = view
        self.changed.set()

    def end(self) -> None:
        """End the stream, even if the job is still running."""
        self.is_over = True
        self.changed.set()


@dataclass(slots=True)
class _Watch:
    """A job with listeners, and their streams."""

    user_id: str
    view: JobView
    mark: Mark = ()
    refresh_s: float = 0.0
    streams: list[JobStream] = field(default_factory=list)


class JobStreams:
    """Finds the changes of the jobs that have listeners; for one event loop.

    One query asks for the marks of all these jobs. Only a job whose mark has changed, or whose
    estimate is old, is read in full, once for all its listeners. One more query finds the streams
    whose sign-ins have ended.
    """

    def __init__(self, jobs: Jobs, accounts: Accounts, is_stopping: Callable[[], bool]) -> None:
        self._jobs = jobs
        self._accounts = accounts
        self._is_stopping = is_stopping
        self._watches: dict[str, _Watch] = {}
        self._of_user: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def open(self, token: VerifiedToken, job: JobView) -> Iterator[JobStream]:
        """Open a job's stream during the block; raise ``TooManyStreams`` past the limit."""
        user_id = token.holder.user_id
        if self._of_user[user_id] >= STREAMS_PER_USER:
            raise TooManyStreams(
                f"You follow {STREAMS_PER_USER} jobs already.",
                hint="Close another page that follows a job, or ask for the job now and then.",
            )
        watch = self._watches.setdefault(job.id, _Watch(user_id, job))
        stream = JobStream(token, job)
        watch.streams.append(stream)
        self._of_user[user_id] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())
        try:
            yield stream
        finally:
            self._of_user[user_id] -= 1
            watch.streams.remove(stream)
            if not watch.streams and self._watches.get(job.id) is watch:
                del self._watches[job.id]

    async def _follow(self) -> None:
        check_s = time.monotonic() + _CHECK_SIGN_INS_EVERY_S
        try:
            while self._watches and not self._is_stopping():
                await asyncio.sleep(_LOOK_EVERY_S)
                if time.monotonic() >= check_s:
                    await self._end_signed_out()
                    check_s = time.monotonic() + _CHECK_SIGN_INS_EVERY_S
                watches = dict(self._watches)
                for job_id, view in await run_in_threadpool(self._look, watches):
                    self._show(job_id, watches[job_id], view)
        finally:  # a listener whose stream ends opens a new one
            for job_id, watch in [*self._watches.items()]:
                self._show(job_id, watch, None)

    async def _end_signed_out(self) -> None:
        """End the streams whose sign-in has ended, or whose token has expired."""
        streams = [stream for watch in self._watches.values() for stream in watch.streams]
        holders = {stream.token.holder for stream in streams}
        active = await run_in_threadpool(self._active, holders)
        for stream in streams:
            if stream.token.holder not in active or time.time() >= stream.token.refused_from_s:
                stream.end()

    def _active(self, holders: Collection[Holder]) -> Collection[Holder]:
        try:
            return self._accounts.active(holders)
        except StoreBusy:
            return holders

    def _show(self, job_id: str, watch: _Watch, view: JobView | None) -> None:
        if view is not None:
            watch.view = view
        elif self._watches.get(job_id) is watch:
            del self._watches[job_id]
        for stream in watch.streams:
            stream.show(view)

    def _look(self, watches: dict[str, _Watch]) -> list[tuple[str, JobView | None]]:
        """Return the jobs that have changed; None for a deleted one."""
        try:
            marks = self._jobs.marks([*watches])
        except StoreBusy:
            return []
        found: list[tuple[str, JobView | None]] = []
        for job_id, watch in watches.items():
            mark = marks.get(job_id, ())
            if mark != watch.mark or time.monotonic() >= watch.refresh_s:
                view = self._read(job_id, watch)
                if view != watch.view or any(stream.view != view for stream in watch.streams):
                    found.append((job_id, view))
                watch.mark = mark
        return found

    def _read(self, job_id: str, watch: _Watch) -> JobView | None:
        waits = watch.view.status == "queued"
        refresh_s = _REFRESH_WAITING_S if waits else _REFRESH_RUNNING_S
        watch.refresh_s = time.monotonic() + refresh_s
        try:
            return self._jobs.show(watch.user_id, job_id)
        except NotFound:
            return None
        except StoreBusy:
            return watch.view
