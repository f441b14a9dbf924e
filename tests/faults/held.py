"""The product's pipelines, held at the end of a step until a kill has come.

The step that is named in the file ``HELD_STEP`` of the storage folder does its work, creates the
file ``IS_HELD``, and waits before its end is written down: no kill comes too late.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from backend.app.jobs.pipeline import JobT, Pipeline, StepContext
from backend.app.publishing.upload.retry_policy import RetryPolicy
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.publish.job import PublishJob
from backend.app.services.restyle.job import RestyleJob
from backend.app.services.stems.pipeline import StemsJob
from backend.app.settings import Settings
from backend.app.wiring.jobs import pipelines
from backend.app.wiring.jobs.publish_pipeline import build_publish_pipeline

HELD_STEP, IS_HELD = "held-step", "is-held"
#: Small enough for many chunks in the film of a short mix.
CHUNK_BYTES = 64 * 1024


def mixtape(settings: Settings) -> Pipeline[MixtapeJob]:
    return _held(settings, pipelines.build_mixtape_pipeline(settings))


def stems(settings: Settings) -> Pipeline[StemsJob]:
    return _held(settings, pipelines.build_stems_pipeline(settings))


def mashup(settings: Settings) -> Pipeline[MashupJob]:
    return _held(settings, pipelines.build_mashup_pipeline(settings))


def restyle(settings: Settings) -> Pipeline[RestyleJob]:
    return _held(settings, pipelines.build_restyle_pipeline(settings))


def publish(settings: Settings) -> Pipeline[PublishJob]:
    retry_policy = RetryPolicy(chunk_bytes=CHUNK_BYTES, sleep=lambda s: time.sleep(min(s, 0.05)))
    return _held(settings, build_publish_pipeline(settings, retry_policy))


def _held(settings: Settings, pipeline: Pipeline[JobT]) -> Pipeline[JobT]:
    steps = (
        replace(step, run=partial(_run, step.name, step.run, settings.storage_root))
        for step in pipeline.steps
    )
    return replace(pipeline, steps=tuple(steps))


def _run(
    name: str, run: Callable[[StepContext[JobT]], None], storage: Path, ctx: StepContext[JobT]
) -> None:
    run(ctx)
    while _is_held(storage / HELD_STEP, name):
        (storage / IS_HELD).touch()
        time.sleep(0.01)


def _is_held(hold: Path, step: str) -> bool:
    try:
        return hold.read_text() == step
    except FileNotFoundError:
        return False
