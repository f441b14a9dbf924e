"""Celery's queues and their messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import StoreDown
from ..queue import ANALYSIS, GPU, INTERACTIVE, NET, WORK

if TYPE_CHECKING:
    from celery import Celery

WAKE = "segue.wake"
"""Name of the task that claims the next job of a queue and runs it."""

QUEUES: Mapping[str, Sequence[str]] = {
    "interactive": (INTERACTIVE, ANALYSIS),
    "cpu": (WORK,),
    "gpu": (GPU,),
    "net": (NET,),
}
"""The lanes of each queue, in the order in which a worker claims from them."""

# Far above any step: a message is given out again only if its worker has vanished. Until then the
# dispatcher has long sent another, since the row's lease has run out.
_VISIBILITY_S = 48 * 3600
_CONNECT_S = 2.0
_ANSWER_S = 5.0


def make_celery(redis_url: str) -> Celery:
    """Create the Celery application; the broker is first contacted when it is used."""
    from celery import Celery  # not installed in the smallest setup

    app = Celery("segue", broker=redis_url)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        # Threads, since each job has a child process of its own anyway.
        worker_pool="threads",
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": _VISIBILITY_S,
            "socket_connect_timeout": _CONNECT_S,
            "socket_timeout": _ANSWER_S,
        },
    )
    return app


@dataclass(frozen=True, slots=True)
class Broker:
    """Sends wake-ups and counts those that wait.

    The methods raise ``StoreDown`` if Redis is away.
    """

    app: Celery

    def waiting(self, queue: str) -> int:
        """Count the messages of a queue that no worker has."""
        with _translated(), self.app.connection_for_write() as connection:
            return int(connection.default_channel.queue_declare(queue=queue).message_count)

    def send(self, queue: str, job_ids: Sequence[str]) -> None:
        """Send a wake-up for each job."""
        with _translated(), self.app.producer_or_acquire() as producer:
            for job_id in job_ids:
                self.app.send_task(WAKE, (job_id,), queue=queue, producer=producer, retry=False)


@contextmanager
def _translated() -> Iterator[None]:
    from kombu.exceptions import OperationalError  # not installed in the smallest setup
    from redis import RedisError

    try:
        yield
    except (OperationalError, RedisError, OSError) as e:
        raise StoreDown("Redis can't be reached.", hint="Start it; no job is lost.") from e
