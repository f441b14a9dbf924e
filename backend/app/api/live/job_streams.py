"""Send jobs' changes to all listeners, with one database query for all jobs."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from ...accounts.sign_in import Accounts
from ...accounts.tokens import VerifiedToken
from ...contract.jobs import JobView
from ...errors import NotFound, StoreBusy, TooManyStreams
from ...services.jobs.jobs import Jobs
from ...store.accounts.sign_ins import Holder
from ...store.jobs.marks import Mark
from .listeners import JobFeed, JobStream

#: A limit per user, for streams and feeds together, leaves connections to other users.
STREAMS_PER_USER = 10
# Seconds between two queries for changes; twice a second looks live. A wake-up comes sooner, and
# changes that follow it at once are sent together.
_LOOK_EVERY_S = 0.5
_GATHER_S = 0.05
# A stream may continue for this long after its user has signed out.
_CHECK_SIGN_INS_EVERY_S = 2.0
# Estimates and queue positions change without a change of the job's row.
_REFRESH_RUNNING_S = 2.0
_REFRESH_WAITING_S = 5.0


@dataclass(slots=True)
class _Watch:
    """A job with listeners, and their streams."""

    user_id: str
    view: JobView
    mark: Mark = ()
    refresh_s: float = 0.0
    streams: list[JobStream] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look has found: changed jobs, and the active jobs of users with a feed.

    ``active`` says of each of a user's jobs whether it is pending; ``views`` are those of new jobs.
    """

    changed: list[tuple[str, JobView | None]]
    active: Mapping[str, Mapping[str, bool]]
    views: Mapping[str, JobView]


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
        self._feeds: list[JobFeed] = []
        self._of_user: Counter[str] = Counter()
        self._poked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def open(self, token: VerifiedToken, job: JobView) -> Iterator[JobStream]:
        """Open a job's stream during the block; raise ``TooManyStreams`` past the limit."""
        stream = JobStream(token, job)
        with self._counted(token):
            self._add(job.id, stream)
            try:
                yield stream
            finally:
                self._remove(job.id, stream)

    @contextmanager
    def open_feed(self, token: VerifiedToken) -> Iterator[JobFeed]:
        """Open a feed of all the user's jobs; raise ``TooManyStreams`` past the limit."""
        feed = JobFeed(token)
        with self._counted(token):
            self._feeds.append(feed)
            try:
                yield feed
            finally:
                self._feeds.remove(feed)
                for job_id, stream in feed.streams.items():
                    self._remove(job_id, stream)

    def poke(self) -> None:
        """Look for changes soon; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nothing listens any more
                self._loop.call_soon_threadsafe(self._poked.set)

    def changed(self, job_ids: Collection[str]) -> None:
        """Look soon if one of these jobs has a listener; from any thread."""
        if any(job_id in self._watches for job_id in job_ids):
            self.poke()

    def is_stopping(self) -> bool:
        """Whether the server stops, so that all listeners end."""
        return self._is_stopping()

    @contextmanager
    def _counted(self, token: VerifiedToken) -> Iterator[None]:
        user_id = token.holder.user_id
        if self._of_user[user_id] >= STREAMS_PER_USER:
            raise TooManyStreams(
                f"You follow {STREAMS_PER_USER} jobs already.",
                hint="Close another page that follows a job, or ask for the job now and then.",
            )
        self._of_user[user_id] += 1
        if self._task is None or self._task.done():
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            self._of_user[user_id] -= 1

    def _add(self, job_id: str, stream: JobStream) -> None:
        assert stream.view is not None
        user_id = stream.token.holder.user_id
        watch = self._watches.setdefault(job_id, _Watch(user_id, stream.view))
        watch.streams.append(stream)

    def _remove(self, job_id: str, stream: JobStream) -> None:
        watch = self._watches.get(job_id)
        if watch is not None and stream in watch.streams:
            watch.streams.remove(stream)
            if not watch.streams:
                del self._watches[job_id]

    async def _follow(self) -> None:
        check_s = time.monotonic() + _CHECK_SIGN_INS_EVERY_S
        try:
            while (self._watches or self._feeds) and not self._is_stopping():
                await self._pause()
                if time.monotonic() >= check_s:
                    await self._end_signed_out()
                    check_s = time.monotonic() + _CHECK_SIGN_INS_EVERY_S
                watches = dict(self._watches)
                users = {feed.token.holder.user_id for feed in self._feeds}
                found = await run_in_threadpool(self._look, watches, users)
                for job_id, view in found.changed:
                    self._show(job_id, watches[job_id], view)
                for feed in self._feeds:
                    self._update(feed, found)
        finally:  # a listener whose stream ends opens a new one
            for feed in self._feeds:
                feed.end()
            for job_id, watch in [*self._watches.items()]:
                self._show(job_id, watch, None)

    async def _pause(self) -> None:
        """Wait for the next look; a wake-up shortens it."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._poked.wait(), _LOOK_EVERY_S)
            await asyncio.sleep(min(_GATHER_S, _LOOK_EVERY_S))
        self._poked.clear()

    def _update(self, feed: JobFeed, found: _Found) -> None:
        """Add new jobs to a feed; drop those whose end was sent."""
        active = found.active.get(feed.token.holder.user_id, {})
        for job_id, stream in [*feed.streams.items()]:
            if stream.has_ended() and not stream.is_new:
                self._remove(job_id, stream)
                del feed.streams[job_id]
                feed.ended.add(job_id)
        feed.ended = {job_id for job_id in feed.ended if not active.get(job_id, True)}
        for job_id in active.keys() - feed.streams.keys() - feed.ended:
            watch = self._watches.get(job_id)
            view = watch.view if watch else found.views.get(job_id)
            if view is not None:
                self._add(job_id, feed.follow(job_id, view))

    async def _end_signed_out(self) -> None:
        """End the streams whose sign-in has ended, or whose token has expired."""
        streams: list[JobStream | JobFeed] = [*self._feeds]
        streams += [stream for watch in self._watches.values() for stream in watch.streams]
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

    def _look(self, watches: dict[str, _Watch], users: Collection[str]) -> _Found:
        """Find the jobs that have changed (None: deleted), and the users' active jobs."""
        try:
            active = self._jobs.active(users) if users else {}
            views = {
                job_id: self._jobs.show(user_id, job_id)
                for user_id, jobs in active.items()
                for job_id in jobs.keys() - watches.keys()
            }
            return _Found(self._changed(watches) if watches else [], active, views)
        except (StoreBusy, NotFound):  # busy, or deleted meanwhile: the next look finds out
            return _Found([], {}, {})

    def _changed(self, watches: dict[str, _Watch]) -> list[tuple[str, JobView | None]]:
        marks = self._jobs.marks([*watches])
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
