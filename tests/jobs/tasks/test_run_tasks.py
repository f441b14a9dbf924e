"""Tasks run by the child, with a scripted supervisor."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import pytest

from backend.app.errors import ToolFailed
from backend.app.jobs.cache_uses import CACHE_USES, CacheUse
from backend.app.jobs.messages import (
    Done,
    Failed,
    Message,
    Order,
    Progressed,
    StepFinished,
    Task,
    TaskFailed,
    TaskFinished,
    TasksPlanned,
)
from backend.app.jobs.pipeline import Pipeline, Step, StepContext, TaskList
from backend.app.jobs.runner import run_order
from backend.app.jobs.tasks.run_tasks import LEAST_COST_S
from backend.app.store.files.atomic_write import atomic_write

from .scripted import Supervisor

COST_S = LEAST_COST_S / 2


def step(
    keys: Sequence[str],
    run: Callable[[str, Callable[[float], None]], object] = lambda *_: None,
    *,
    cost_s: float = COST_S,
    at_once: int = 1,
    joined: Callable[[StepContext[str]], None] = lambda _: None,
) -> Step[str]:
    """A step whose tasks write their keys."""

    def split(ctx: StepContext[str]) -> TaskList:
        folder = ctx.workspace.scratch("patches")

        def write(key: str, progress: Callable[[float], None]) -> Sequence[Path]:
            run(key, progress)
            with atomic_write(folder / key) as part:
                part.write_text(key)
            return [folder / key]

        return TaskList([Task(key, cost_s) for key in keys], write, at_once)

    return Step("sewing", joined, split=split)


def run(
    tmp_path: Path, one: Step[str], supervisor: Supervisor | None = None, helps: bool = False
) -> Supervisor:
    supervisor = supervisor or Supervisor()
    name = one.name if helps else ""
    order = Order("j", "-", "{}", 10.0, str(tmp_path / "job"), 1, [], shares=True, step=name)
    pipeline = Pipeline(lambda inputs: inputs, (one,))
    run_order(order, pipeline, supervisor.take, supervisor.exchange)
    supervisor.close()
    return supervisor


def test_tasks_are_planned_run_and_joined(tmp_path: Path):
    split: list[bool] = []
    found = run(tmp_path, step(["a", "b"], joined=lambda ctx: split.append(ctx.is_split)))
    assert found.of(TasksPlanned) == [TasksPlanned("sewing", [Task("a", 2.0), Task("b", 2.0)])]
    finished = [m for m in found.sent if isinstance(m, TaskFinished)]
    assert [one.key for one in finished] == ["a", "b"]
    assert [file.name for one in finished for file in one.files] == [
        ".scratch/patches/a",
        ".scratch/patches/b",
    ]
    assert split == [True]
    assert found.sent[-1] == Done()


def test_finished_tasks_and_steps_report_their_use_of_caches_once(tmp_path: Path):
    CACHE_USES.miss("objects")  # before the attempt
    keys: list[frozenset[str]] = []

    def join(ctx: StepContext[str]) -> None:
        keys.append(ctx.task_keys)
        CACHE_USES.hit("stems", 3)

    found = run(tmp_path, step(["a", "b"], lambda *_: CACHE_USES.miss("stems"), joined=join))
    tasks = [m.caches for m in found.sent if isinstance(m, TaskFinished)]
    assert tasks == [[CacheUse("stems", 0, 1)], [CacheUse("stems", 0, 1)]]
    assert [m.caches for m in found.sent if isinstance(m, StepFinished)] == [
        [CacheUse("stems", 3, 0)]
    ]
    assert keys == [{"a", "b"}]


@pytest.mark.parametrize(("keys", "cost_s"), [(["a"], 100.0), (["a", "b"], 0.1)])
def test_few_or_short_tasks_are_not_shared(tmp_path: Path, keys: list[str], cost_s: float):
    split: list[bool] = []
    one = step(keys, cost_s=cost_s, joined=lambda ctx: split.append(ctx.is_split))
    found = run(tmp_path, one)
    assert not found.of(TasksPlanned)
    assert split == [False]


def test_child_whose_worker_shares_nothing_plans_no_tasks(tmp_path: Path):
    sent: list[Message] = []
    order = Order("j", "-", "{}", 10.0, str(tmp_path / "job"), 1, [])
    run_order(order, Pipeline(lambda inputs: inputs, (step(["a", "b"]),)), sent.append)
    assert not any(isinstance(message, TasksPlanned) for message in sent)


def test_tasks_run_in_as_many_threads_as_the_step_uses(tmp_path: Path):
    others = {"a": Event(), "b": Event()}

    def meet(key: str, progress: Callable[[float], None]) -> None:
        others[key].set()
        assert others["b" if key == "a" else "a"].wait(60.0)

    found = run(tmp_path, step(["a", "b"], meet, at_once=2))
    assert found.sent[-1] == Done()


def test_failing_task_is_named_and_ends_the_job(tmp_path: Path):
    def fail(key: str, progress: Callable[[float], None]) -> None:
        raise ToolFailed("ffmpeg failed.")

    found = run(tmp_path, step(["a", "b"], fail))
    assert found.of(TaskFailed) == [TaskFailed("sewing", "a")]
    assert isinstance(found.sent[-1], Failed)
    assert not found.of(StepFinished)


def test_failing_task_stops_the_others_at_their_next_progress(tmp_path: Path):
    started = Event()

    def run_one(key: str, progress: Callable[[float], None]) -> None:
        if key == "a":
            started.wait(60.0)
            raise ToolFailed("ffmpeg failed.")
        started.set()
        while True:
            progress(0.5)
            Event().wait(0.01)

    found = run(tmp_path, step(["a", "b"], run_one, at_once=2))
    assert found.of(TaskFailed) == [TaskFailed("sewing", "a")]


def test_progress_rises_with_tasks_and_leaves_room_for_the_join(tmp_path: Path):
    one = step(["a", "b"], lambda _, progress: progress(1.0))
    found = run(tmp_path, one)
    fractions = [m.fraction for m in found.sent if isinstance(m, Progressed)]
    assert fractions == sorted(fractions)
    assert max(fractions) <= 0.9


def test_helper_runs_only_the_tasks_that_it_is_given(tmp_path: Path):
    joined: list[str] = []
    one = step(["a", "b", "c"], joined=lambda ctx: joined.append("joined"))
    found = run(tmp_path, one, Supervisor(["c"]), helps=True)
    assert [m.key for m in found.sent if isinstance(m, TaskFinished)] == ["c"]
    assert not found.of(TasksPlanned)
    assert not found.of(StepFinished)
    assert joined == []
    assert found.sent[-1] == Done()


def test_child_joins_by_itself_when_its_supervisor_has_gone(tmp_path: Path):
    class Gone(Supervisor):
        def _answer(self, step: str) -> None:
            os.close(self._answers)

        def close(self) -> None:
            self._reader.join()

    found = run(tmp_path, step(["a", "b"]), Gone())
    assert found.sent[-1] == Done()
