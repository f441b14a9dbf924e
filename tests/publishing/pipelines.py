"""Pipelines with short waits, which child processes load by name."""

from __future__ import annotations

import random
import time

from backend.app.jobs.pipeline import Pipeline, Step, StepContext
from backend.app.publishing.upload.retry_policy import RetryPolicy
from backend.app.services.publish.job import PublishJob
from backend.app.settings import Settings
from backend.app.wiring.jobs.publish_pipeline import build_publish_pipeline

SHORT_MIX = "tests.publishing.pipelines:short_mix"
UNIT = 256
CHUNK = 4 * UNIT
FILM = random.Random(7).randbytes(4 * CHUNK - 100)
FAST_PUBLISH = "tests.publishing.pipelines:fast_publish"


def fast_publish(settings: Settings) -> Pipeline[PublishJob]:
    retry_policy = RetryPolicy(chunk_bytes=CHUNK, sleep=lambda s: time.sleep(min(s, 0.005)))
    return build_publish_pipeline(settings, retry_policy)


def short_mix(settings: Settings) -> Pipeline[str]:
    """A mixtape pipeline that only writes a film of noise and a description."""
    return Pipeline(lambda inputs: inputs, (Step("mixing", _mix, weight=0.1),))


def _mix(ctx: StepContext[str]) -> None:
    with ctx.workspace.write("mix.mp4", "video/mp4") as path:
        path.write_bytes(FILM)
    with ctx.workspace.write("description.txt", "text/plain") as path:
        path.write_text("Words.\n")
