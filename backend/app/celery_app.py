"""The Celery application of workers: ``celery -A backend.app.celery_app worker -Q cpu``."""

from __future__ import annotations

import sys

from .errors import BadSettings
from .jobs.celery.messages import make_celery
from .jobs.celery.wakeups import serve
from .wiring.jobs.workers import build_worker, worker_settings

try:
    _settings = worker_settings()
except BadSettings as error:
    sys.exit(f"{error.message} {error.hint}")

app = make_celery(_settings.redis_url or "")
serve(app, lambda: build_worker(_settings))
