"""Publishing in a hurry, and what is published, for children that find pipelines by their names."""

from __future__ import annotations

import random
import time

from backend.app.jobs.pipeline import Pipeline, Step, StepContext
from backend.app.publishing.pace import Pace
from backend.app.services.publish import paced_pipeline
from backend.app.services.publish_inputs import PublishJob
from backend.app.settings import Settings

SHORT_MIX = "tests.publishing.pipelines:short_mix"
UNIT = 256
CHUNK = 4 * UNIT
FILM = random.Random(7).randbytes(4 * CHUNK - 100)
HURRIED = "tests.publishing.pipelines:hurried"


def hurried(settings: Settings) -> Pipeline[PublishJob]:
    pace = Pace(chunk_bytes=CHUNK, sleep=lambda s: time.sleep(min(s, 0.005)))
    return paced_pipeline(settings, pace)


def short_mix(settings: Settings) -> Pipeline[str]:
    """A mixtape that takes no time: a film of noise, and words."""
    return Pipeline(lambda inputs: inputs, (Step("mixing", _mix, weight=0.1),))


def _mix(ctx: StepContext[str]) -> None:
    with ctx.workspace.write("mix.mp4", "video/mp4") as path:
        path.write_bytes(FILM)
    with ctx.workspace.write("description.txt", "text/plain") as path:
        path.write_text("Words.\n")
