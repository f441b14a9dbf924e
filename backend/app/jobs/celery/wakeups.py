"""What a Celery worker does when a message arrives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from ..attempts import Attempts
from .messages import QUEUES, WAKE

if TYPE_CHECKING:
    from celery import Celery, Task

log = logging.getLogger(__name__)


def serve(app: Celery, build: Callable[[], Attempts]) -> None:
    """Let workers of ``app`` run jobs; ``build`` is called once in each worker process."""
    from celery.signals import worker_shutting_down

    attempts = cache(build)

    def wake(task: Task[..., None], job_id: str) -> None:
        """Run the next job of the queue that the message came from, or help with one."""
        del job_id  # for the broker's own tools: another job's turn may have come
        queue = task.request.delivery_info["routing_key"]
        attempts().run_next(QUEUES[queue])

    app.task(wake, name=WAKE, bind=True)

    def stop(**_: object) -> None:
        """Release running jobs at once: Celery waits until their tasks have ended."""
        attempts().stopping.set()
        attempts().launcher.close()

    worker_shutting_down.connect(stop, weak=False)
