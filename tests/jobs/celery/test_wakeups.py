"""Signals of a Celery worker."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from types import SimpleNamespace

from celery.signals import worker_shutting_down

from backend.app.jobs.celery.messages import make_celery
from backend.app.jobs.celery.wakeups import serve


@dataclass
class Launcher:
    """A launcher that gets a second stop signal while it closes."""

    closed: int = 0

    def close(self) -> None:
        self.closed += 1
        worker_shutting_down.send(sender=None)


def test_second_stop_signal_does_not_close_the_launcher_again() -> None:
    attempts = SimpleNamespace(stopping=Event(), launcher=Launcher())
    serve(make_celery("redis://localhost:1/0"), lambda: SimpleNamespace(attempts=attempts))
    worker_shutting_down.send(sender=None)
    assert attempts.stopping.is_set()
    assert attempts.launcher.closed == 1
