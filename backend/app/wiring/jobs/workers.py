"""Workers without the API: what they need, and the processes of one worker."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from threading import Event

from ...errors import BadSettings
from ...jobs.attempts import Attempts
from ...jobs.celery.messages import QUEUES
from ...jobs.celery.wakeups import Worker
from ...jobs.notices import Notices
from ...media.ffmpeg.ffmpeg import find_ffmpeg
from ...settings import Settings
from ...store.jobs.queue import SqlJobQueue
from ...store.jobs.tasks import SqlTaskQueue
from ..server_secrets import encryption_keys
from ..settings.checks import check_server_settings
from ..settings.read_settings import read_settings
from ..stores import open_stores
from .concurrency import lanes
from .executor import build_launcher, executor_options, loaded_for
from .heartbeats import build_heartbeat

log = logging.getLogger(__name__)

NOTICES_LOGGED = "NOTICES_LOGGED"
"""Environment variable of Celery processes whose parent has logged the notices about settings."""

_CHECK_S = 0.5


def worker_settings() -> Settings:
    """Read and check the settings; raise :class:`BadSettings` unless Celery is the executor."""
    settings = read_settings()
    check_server_settings(settings)
    if settings.executor != "celery":
        raise BadSettings(
            "This worker takes its work from Celery, but EXECUTOR is “threads”.",
            hint="Set EXECUTOR=celery and REDIS_URL, as for the API.",
        )
    return settings


def build_worker(settings: Settings) -> Worker:
    """Open the database and prepare to run jobs; the API migrates the database."""
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    stores = open_stores(settings, migrate=False)
    options = executor_options(settings, ffmpeg, encryption_keys(settings))
    launcher = build_launcher(options.pipelines, loaded_for(settings))
    database = stores.database
    tasks = SqlTaskQueue(database)
    notices = Notices(settings.redis_url or "")
    attempts = Attempts(
        *(SqlJobQueue(database), options, launcher, Event(), tasks), changed=notices.publish
    )

    def begin(queues: tuple[str, ...]) -> Callable[[], None]:
        heartbeat = build_heartbeat(settings, database, attempts.owner, queues)
        heartbeat.start()
        notices.send()

        def end() -> None:
            notices.stop()
            heartbeat.stop()

        return end

    return Worker(attempts, begin)


def run_worker(settings: Settings, queues: Sequence[str]) -> int:
    """Run one Celery process for each queue until a stop signal; return an exit status.

    Each process has the places of its queue's lanes, so that no queue takes another's. If one ends
    by itself, the others are stopped, too: what started this worker starts it again.
    """
    if unknown := set(queues) - set(QUEUES):
        raise BadSettings(
            f"There is no queue “{sorted(unknown)[0]}”.",
            hint=f"Choose from: {', '.join(QUEUES)}.",
        )
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    slots, environment = lanes(settings), {**os.environ, NOTICES_LOGGED: "1"}
    with ExitStack() as stack:
        processes = {
            queue: stack.enter_context(
                subprocess.Popen(
                    _command(queue, sum(slots[lane] for lane in QUEUES[queue])), env=environment
                )
            )
            for queue in queues
        }
        while not stopping.wait(_CHECK_S) and all(p.poll() is None for p in processes.values()):
            pass
        for process in processes.values():
            process.terminate()
        return _status(processes, asked=stopping.is_set())


def _command(queue: str, slots: int) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "backend.app.celery_app", "worker"),
        *("--queues", queue, "--hostname", f"{queue}@%h", "--concurrency", str(slots)),
        *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
    ]


def _status(processes: Mapping[str, subprocess.Popen[bytes]], *, asked: bool) -> int:
    """Wait for the processes' ends; 0 if the stop was asked for."""
    ended = {queue: process.wait() for queue, process in processes.items()}
    if asked:
        return 0
    log.error("a queue's process ended by itself: %s", ended)
    return 1
