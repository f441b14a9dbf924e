"""Publishing in a hurry, for children that find their pipeline by its name."""

from __future__ import annotations

import time

from backend.app.jobs.pipeline import Pipeline
from backend.app.publishing.pace import Pace
from backend.app.services.publish import paced_pipeline
from backend.app.services.publish_inputs import PublishJob
from backend.app.settings import Settings

UNIT = 256
CHUNK = 4 * UNIT
HURRIED = "tests.publishing.pipelines:hurried"


def hurried(settings: Settings) -> Pipeline[PublishJob]:
    pace = Pace(chunk_bytes=CHUNK, sleep=lambda s: time.sleep(min(s, 0.005)))
    return paced_pipeline(settings, pace)
