"""The product's pipelines, which a test can hold at the end of a step."""

from __future__ import annotations

import time

from backend.app.jobs.pipeline import Pipeline
from backend.app.publishing.upload.retry_policy import RetryPolicy
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.publish.job import PublishJob
from backend.app.services.restyle.job import RestyleJob
from backend.app.services.stems.pipeline import StemsJob
from backend.app.settings import Settings
from backend.app.wiring.jobs import pipelines
from backend.app.wiring.jobs.publish_pipeline import build_publish_pipeline

from .hold import held

#: Small enough for many chunks in the film of a short mix.
CHUNK_BYTES = 64 * 1024


def mixtape(settings: Settings) -> Pipeline[MixtapeJob]:
    return held(settings, pipelines.build_mixtape_pipeline(settings))


def stems(settings: Settings) -> Pipeline[StemsJob]:
    return held(settings, pipelines.build_stems_pipeline(settings))


def mashup(settings: Settings) -> Pipeline[MashupJob]:
    return held(settings, pipelines.build_mashup_pipeline(settings))


def restyle(settings: Settings) -> Pipeline[RestyleJob]:
    return held(settings, pipelines.build_restyle_pipeline(settings))


def publish(settings: Settings) -> Pipeline[PublishJob]:
    retry_policy = RetryPolicy(chunk_bytes=CHUNK_BYTES, sleep=lambda s: time.sleep(min(s, 0.05)))
    return held(settings, build_publish_pipeline(settings, retry_policy))
