"""A job kind for tests whose middle step splits into tasks.

Real child processes import it by name. Every task writes its key and its process into a log, so
that a test can count how often it ran, and where.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from threading import Event

from backend.app.errors import NotBefore, RejectedFile
from backend.app.jobs.messages import Task
from backend.app.jobs.pipeline import Pipeline, Step, StepContext, TaskList
from backend.app.settings import Settings
from backend.app.store.files.atomic_write import atomic_write
from tests.patience import wait_until

QUILTS = "tests.jobs.tasks.quilts:quilts"
STEP = "sewing"
RESULT = "quilt.txt"


@dataclass(frozen=True)
class Quilt:
    """``count`` tasks of ``seconds`` each, of which a child runs ``at_once``, and their faults.

    Faults: ``hang``, ``kill`` (itself, the first time), ``refuse``, ``refuse_once``, ``meet`` (wait
    until a task of another process has begun), ``meet_and_refuse``, ``wait``
    (until the file ``go_on`` exists), ``pause_once`` (say that a service is away).
    """

    count: int = 6
    seconds: float = 0.0
    at_once: int = 1
    faults: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @property
    def keys(self) -> list[str]:
        return [f"patch-{i}" for i in range(self.count)]


def quilts(settings: Settings) -> Pipeline[Quilt]:
    steps = (
        Step("cutting", _cut),
        Step(STEP, _sew, split=_patches, limit_s=lambda _: 600.0),
        Step("ironing", _iron),
    )
    return Pipeline(lambda inputs: Quilt(**json.loads(inputs)), steps)


def ran(workspace: Path) -> Counter[str]:
    """How often each task began."""
    return Counter(key for key, _ in entries(workspace))


def processes(workspace: Path) -> set[int]:
    """The processes in which tasks began."""
    return {process for _, process in entries(workspace)}


def entries(workspace: Path) -> list[tuple[str, int]]:
    log = workspace / "tasks.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [(key, int(process)) for key, process in map(str.split, lines)]


def expected(quilt: Quilt) -> str:
    return "".join(f"{key}\n" for key in quilt.keys)


def _cut(ctx: StepContext[Quilt]) -> None:
    ctx.workspace.write_text("cloth.txt", "cloth")


def _patches(ctx: StepContext[Quilt]) -> TaskList:
    folder = ctx.workspace.scratch("patches")
    left = [Task(key, 2.0) for key in ctx.job.keys if not (folder / key).exists()]
    return TaskList(left, partial(_patch, ctx, folder), ctx.job.at_once)


def _patch(
    ctx: StepContext[Quilt], folder: Path, key: str, progress: Callable[[float], None]
) -> Sequence[Path]:
    root = ctx.workspace.root
    with (root / "tasks.log").open("a") as log:
        log.write(f"{key} {os.getpid()}\n")
    for i in range(10):
        Event().wait(ctx.job.seconds / 10)
        progress(i / 10)
    _fault(ctx.job.faults.get(key, ""), key, root, progress)
    with atomic_write(folder / key) as part:
        part.write_text(f"{key}\n")
    return [folder / key]


def _fault(kind: str, key: str, root: Path, progress: Callable[[float], None]) -> None:
    first = _is_first(root / f"seen-{key}") if kind else False
    match kind:
        case "hang":
            time.sleep(600)
        case "kill" if first:
            os.kill(os.getpid(), signal.SIGKILL)
        case "refuse":
            raise RejectedFile("This patch is torn.", code="torn")
        case "refuse_once" if first:
            raise RejectedFile("This patch is torn.", code="torn")
        case "pause_once" if first:
            raise NotBefore("The needle is away.", until_s=time.time())
        case "meet":
            wait_until(lambda: len(processes(root)) > 1)
        case "meet_and_refuse":
            wait_until(lambda: len(processes(root)) > 1)
            raise RejectedFile("This patch is torn.", code="torn")
        case "wait":
            wait_until(lambda: (progress(0.9), (root / "go_on").exists())[1])


def _is_first(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _sew(ctx: StepContext[Quilt]) -> None:
    folder = ctx.workspace.scratch("patches")
    for key in ctx.job.keys:
        if not (folder / key).exists():
            _patch(ctx, folder, key, lambda _: None)
    ctx.workspace.write_text(RESULT, "".join((folder / key).read_text() for key in ctx.job.keys))


def _iron(ctx: StepContext[Quilt]) -> None:
    ctx.workspace.write_text("ironed.txt", "yes")
