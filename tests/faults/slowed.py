"""The product's pipelines with a pause after each step, so that a kill can land in any of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from backend.app.jobs.pipeline import JobT, Pipeline, StepContext
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.restyle.job import RestyleJob
from backend.app.services.stems.pipeline import StemsJob
from backend.app.settings import Settings
from backend.app.wiring import pipelines

PAUSE_S = 0.4


def mixtape(settings: Settings) -> Pipeline[MixtapeJob]:
    return _slowed(pipelines.build_mixtape_pipeline(settings))


def stems(settings: Settings) -> Pipeline[StemsJob]:
    return _slowed(pipelines.build_stems_pipeline(settings))


def mashup(settings: Settings) -> Pipeline[MashupJob]:
    return _slowed(pipelines.build_mashup_pipeline(settings))


def restyle(settings: Settings) -> Pipeline[RestyleJob]:
    return _slowed(pipelines.build_restyle_pipeline(settings))


def _slowed(pipeline: Pipeline[JobT]) -> Pipeline[JobT]:
    steps = (replace(step, run=partial(_run, step.run)) for step in pipeline.steps)
    return replace(pipeline, steps=tuple(steps))


def _run(run: Callable[[StepContext[JobT]], None], ctx: StepContext[JobT]) -> None:
    run(ctx)
    time.sleep(PAUSE_S)
