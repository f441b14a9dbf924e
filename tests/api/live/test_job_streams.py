"""Event streams share one look at the database, and end with their sign-ins."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace

import anyio
import pytest

from backend.app.accounts.tokens import VerifiedToken
from backend.app.api.live import job_streams
from backend.app.api.live.job_streams import STREAMS_PER_USER, JobStreams
from backend.app.api.live.listeners import JobStream
from backend.app.errors import NotFound, StoreBusy, TooManyStreams
from backend.app.services.jobs.views import job_view
from backend.app.store.accounts.sign_ins import Holder
from tests.jobs.rows import Rows
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_streams, "_LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(job_streams, "_CHECK_SIGN_INS_EVERY_S", 0.0)


def token(user: str, *, device: str = "laptop", lasts_s: float = 3600.0) -> VerifiedToken:
    return VerifiedToken(Holder(user, device), time.time() + lasts_s)


@dataclass
class ScriptedJobs:
    """Jobs whose states the test sets; counts reads."""

    states: dict[str, object]
    marks_by_id: dict[str, tuple[object, ...]] = field(default_factory=dict)
    looks: int = 0
    shown: Counter[str] = field(default_factory=Counter)
    busy: int = 0

    def marks(self, job_ids: Collection[str]) -> dict[str, tuple[object, ...]]:
        self.looks += 1
        if self.busy:
            self.busy -= 1
            raise StoreBusy("wait")
        return {one: self.marks_by_id.get(one, (1,)) for one in job_ids if one in self.states}

    def show(self, _user_id: str, job_id: str) -> object:
        self.shown[job_id] += 1
        if job_id not in self.states:
            raise NotFound("gone")
        return self.states[job_id]

    def change(self, job_id: str, **values: object) -> None:
        self.states[job_id] = self.states[job_id].model_copy(update=values)
        self.marks_by_id[job_id] = (*self.marks_by_id.get(job_id, (1,)), "changed")


@dataclass
class ScriptedAccounts:
    """Sign-ins that the test ends; counts queries."""

    ended: set[Holder] = field(default_factory=set)
    queries: int = 0
    busy: int = 0

    def active(self, holders: Collection[Holder]) -> set[Holder]:
        self.queries += 1
        if self.busy:
            self.busy -= 1
            raise StoreBusy("wait")
        return {*holders} - self.ended


@pytest.fixture
def accounts() -> ScriptedAccounts:
    return ScriptedAccounts()


@pytest.fixture
def jobs(rows: Rows) -> ScriptedJobs:
    view = job_view(rows.record(rows.job()), None).model_copy(update={"status": "running"})
    return ScriptedJobs({name: view.model_copy(update={"id": name}) for name in ("a", "b")})


@pytest.fixture
def executor() -> SimpleNamespace:
    return SimpleNamespace(is_stopping=lambda: False)


@pytest.fixture
def streams(
    jobs: ScriptedJobs, accounts: ScriptedAccounts, executor: SimpleNamespace
) -> JobStreams:
    return JobStreams(jobs, accounts, lambda: executor.is_stopping())


async def collect(stream: JobStream, seen: list[object]) -> None:
    seen.extend([view async for view in stream.views()])


async def until(is_so) -> None:
    with anyio.fail_after(PATIENCE_S):
        while not is_so():
            await anyio.sleep(0.005)


async def test_hundred_listeners_cost_one_read_a_change(
    streams: JobStreams, jobs: ScriptedJobs, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(job_streams, "_REFRESH_RUNNING_S", 10 * PATIENCE_S)
    seen: list[list[object]] = [[] for _ in range(100)]
    with ExitStack() as open_streams:
        async with anyio.create_task_group() as tasks:
            for number, views in enumerate(seen):
                stream = open_streams.enter_context(
                    streams.open(token(f"user {number % 10}"), jobs.states["a"])
                )
                tasks.start_soon(collect, stream, views)
            await until(lambda: jobs.looks >= 20)
            jobs.change("a", progress=50.0)
            looked = jobs.looks
            await until(lambda: jobs.looks >= looked + 20)
            jobs.change("a", status="succeeded")
    assert [[view.progress for view in views] for views in seen] == [[0.0, 50.0, 50.0]] * 100
    assert all(views[-1].status == "succeeded" for views in seen)
    assert jobs.shown["a"] == 3  # at the beginning, and at each change


async def test_estimate_is_refreshed_without_a_change_of_the_row(
    streams: JobStreams, jobs: ScriptedJobs, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(job_streams, "_REFRESH_RUNNING_S", 0.05)
    seen: list[object] = []
    with streams.open(token("ann"), jobs.states["a"]) as stream:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(collect, stream, seen)
            await until(lambda: jobs.looks >= 2)
            jobs.states["a"] = jobs.states["a"].model_copy(update={"eta_s": 7.0})
            await until(lambda: len(seen) == 0 and stream.view.eta_s == 7.0)
            del jobs.states["a"]


async def test_stream_survives_a_busy_database_and_ends_on_deletion(
    streams: JobStreams, jobs: ScriptedJobs
):
    jobs.busy = 3
    seen: list[object] = []
    with streams.open(token("ann"), jobs.states["a"]) as stream:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(collect, stream, seen)
            await until(lambda: jobs.looks > 5)
            del jobs.states["a"]
    assert len(seen) == 1


async def test_streams_end_when_the_server_stops(
    streams: JobStreams, jobs: ScriptedJobs, executor: SimpleNamespace
):
    with streams.open(token("ann"), jobs.states["a"]) as stream, anyio.fail_after(PATIENCE_S):
        executor.is_stopping = lambda: True
        await collect(stream, [])


async def test_nothing_is_read_without_listeners(streams: JobStreams, jobs: ScriptedJobs):
    with streams.open(token("ann"), jobs.states["a"]):
        await until(lambda: jobs.looks > 1)
    await until(streams._task.done)
    looks = jobs.looks
    await anyio.sleep(0.1)
    assert jobs.looks == looks
    with streams.open(token("ann"), jobs.states["b"]):
        await until(lambda: jobs.looks > looks)


async def test_a_user_may_follow_ten_jobs(streams: JobStreams, jobs: ScriptedJobs):
    with ExitStack() as open_streams:
        for _ in range(STREAMS_PER_USER):
            open_streams.enter_context(streams.open(token("ann"), jobs.states["a"]))
        with (
            pytest.raises(TooManyStreams, match="10") as refused,
            streams.open(token("ann"), jobs.states["b"]),
        ):
            pass
        assert refused.value.hint
        open_streams.enter_context(streams.open(token("bob"), jobs.states["b"]))
    open_streams.enter_context(streams.open(token("ann"), jobs.states["b"]))
    open_streams.close()


async def test_stream_ends_with_its_sign_in_or_token(
    streams: JobStreams, jobs: ScriptedJobs, accounts: ScriptedAccounts
):
    accounts.busy = 3  # an unreachable database ends no stream
    ended = Holder("ann", "phone")
    closing = (token("ann", device="phone"), token("bob", lasts_s=0.1))
    staying = (token("ann"), token("bob", device="phone"))
    over: list[VerifiedToken] = []

    async def follow(one: VerifiedToken) -> None:
        with streams.open(one, jobs.states["a"]) as stream:
            await collect(stream, [])
        over.append(one)

    async with anyio.create_task_group() as tasks:
        for one in (*closing, *staying):
            tasks.start_soon(follow, one)
        await until(lambda: accounts.queries > 5)
        assert closing[0] not in over
        accounts.ended.add(ended)
        await until(lambda: len(over) == 2)
        queries = accounts.queries
        await until(lambda: accounts.queries >= queries + 5)
        assert {*over} == {*closing}
        jobs.change("a", status="succeeded")
    assert accounts.queries <= jobs.looks + 1


async def test_notice_of_a_followed_job_shortens_the_wait(
    streams: JobStreams, jobs: ScriptedJobs, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(job_streams, "_LOOK_EVERY_S", 10 * PATIENCE_S)
    seen: list[object] = []
    with streams.open(token("ann"), jobs.states["a"]) as stream:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(collect, stream, seen)
            await anyio.sleep(0.05)
            streams.changed({"b"})  # no one follows it
            await anyio.sleep(0.2)
            assert jobs.looks == 0
            jobs.change("a", progress=50.0)
            for looks in (1, 2):  # a second notice of the same change is no second event
                streams.changed({"a", "b"})
                await until(lambda looks=looks: jobs.looks == looks)
            jobs.change("a", status="succeeded")
            streams.changed({"a"})
    assert [view.progress for view in seen] == [0.0, 50.0, 50.0]
