"""Hold a job at the end of a step until a kill has come: no kill comes too late.

A test creates :class:`Hold` over the storage folder and names a step; in a child process the step
says that it has begun, does its work, says so, and waits before its end is written down.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from backend.app.jobs.pipeline import JobT, Pipeline, StepContext
from backend.app.settings import Settings
from tests.jobs.pipelines import Wool, mixtape_chain


@dataclass(frozen=True, slots=True)
class Hold:
    """Which step is held, and how far it is; on during the block."""

    storage: Path

    def __enter__(self) -> Hold:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        (self._folder / "step").unlink()

    def at(self, step: str) -> None:
        """Hold this step; release the one before."""
        (self._folder / "new").write_text(step)
        (self._folder / "new").rename(self._folder / "step")

    def is_at(self, step: str) -> bool:
        try:
            return (self._folder / "step").read_text() == step
        except FileNotFoundError:
            return False

    def say(self, word: str, step: str) -> None:
        """Say that a held step has ``begun``, or that its work is ``done``."""
        if self.is_at(step):
            (self._folder / f"{step} {word}").touch()

    def has(self, word: str, step: str) -> bool:
        return (self._folder / f"{step} {word}").exists()

    @property
    def _folder(self) -> Path:
        return self.storage / "hold"


def knitting(settings: Settings) -> Pipeline[Wool]:
    return held(settings, mixtape_chain(settings))


def held(settings: Settings, pipeline: Pipeline[JobT]) -> Pipeline[JobT]:
    hold = Hold(settings.storage_root)
    steps = (replace(step, run=partial(_run, step.name, step.run, hold)) for step in pipeline.steps)
    return replace(pipeline, steps=tuple(steps))


def _run(
    name: str, run: Callable[[StepContext[JobT]], None], hold: Hold, ctx: StepContext[JobT]
) -> None:
    hold.say("begun", name)
    run(ctx)
    while hold.is_at(name):  # perhaps only since the step began beside another one
        hold.say("begun", name)
        hold.say("done", name)
        time.sleep(0.01)
