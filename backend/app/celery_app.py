"""The Celery application of workers: ``celery -A backend.app.celery_app worker -Q cpu``."""

from __future__ import annotations

import os
import sys

from celery.signals import celeryd_init

from .errors import BadSettings
from .jobs.celery.messages import make_celery
from .jobs.celery.wakeups import serve
from .logs import set_up_logs
from .wiring.jobs.workers import NOTICES_LOGGED, build_worker, worker_settings
from .wiring.settings.notices import log_setting_notices

try:
    _settings = worker_settings()
except BadSettings as error:
    sys.exit(f"{error.message} {error.hint}")

app = make_celery(_settings.redis_url or "")
serve(app, lambda: build_worker(_settings))


def log_notices(**_: object) -> None:
    """Log notices about settings, unless the process that started this one has done so."""
    set_up_logs()
    if NOTICES_LOGGED not in os.environ:
        log_setting_notices()


celeryd_init.connect(log_notices, weak=False)
