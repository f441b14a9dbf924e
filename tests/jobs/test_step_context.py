"""Parts of a step share its progress, and its time limit grows with the audio."""

from __future__ import annotations

from pathlib import Path

from backend.app.jobs.pipeline import Step, StepContext
from backend.app.jobs.workspace import Workspace


def test_part_reports_its_range_of_the_progress(tmp_path: Path) -> None:
    shares: list[float] = []
    ctx = StepContext("job", Workspace(tmp_path), shares.append, lambda _: None)
    part = ctx.part(0.5, 0.75)
    for done in (0.0, 0.5, 1.0):
        part.progress(done)
    assert shares == [0.5, 0.625, 0.75]
    assert part.part(0.0, 0.5).job == "job"
    part.part(0.0, 0.5).progress(1.0)
    assert shares[-1] == 0.625


def test_step_may_take_a_minute_and_four_times_the_audio() -> None:
    step: Step[str] = Step("a", lambda _: None)
    assert [step.limit_s(work_s) for work_s in (0.0, 100.0)] == [60.0, 460.0]
