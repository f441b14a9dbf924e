"""What a Celery worker does when a message arrives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ..attempts import Attempts
from .messages import QUEUES, WAKE

if TYPE_CHECKING:
    from celery import Celery, Task

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker process does: run attempts, and write heartbeats.

    ``begin`` starts the heartbeats of a worker of these queues, and returns what ends them.
    """

    attempts: Attempts
    begin: Callable[[tuple[str, ...]], Callable[[], None]]


def serve(app: Celery, build: Callable[[], Worker]) -> None:
    """Let workers of ``app`` run jobs; ``build`` is called once in each worker process."""
    from celery.signals import worker_ready, worker_shutdown, worker_shutting_down

    worker = cache(build)

    def wake(task: Task[..., None], job_id: str) -> None:
        """Run the next job of the queue that the message came from, or help with one."""
        del job_id  # for the broker's own tools: another job's turn may have come
        queue = task.request.delivery_info["routing_key"]
        worker().attempts.run_next(QUEUES[queue])

    app.task(wake, name=WAKE, bind=True)

    def stop(**_: object) -> None:
        """Release running jobs at once: Celery waits until their tasks have ended."""
        attempts = worker().attempts
        if attempts.stopping.is_set():  # a second signal, perhaps while the first closes
            return
        attempts.stopping.set()
        attempts.launcher.close()

    def begin(**_: object) -> None:
        end = worker().begin(tuple(app.amqp.queues.consume_from))
        worker_shutdown.connect(lambda **_: end(), weak=False)

    worker_ready.connect(begin, weak=False)
    worker_shutting_down.connect(stop, weak=False)
