"""The command that runs a worker beside the API."""

from __future__ import annotations

import pytest

from backend.app.errors import BadSettings
from backend.app.settings import Settings
from backend.app.wiring.jobs.workers import run_worker, worker_settings


def test_unknown_queue_is_refused() -> None:
    with pytest.raises(BadSettings, match="no queue “gpus”"):
        run_worker(Settings(_env_file=None), ["cpu", "gpus"])


def test_worker_without_celery_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("STORAGE_ROOT", str(tmp_path))
    monkeypatch.setenv("EXECUTOR", "threads")
    with pytest.raises(BadSettings, match="EXECUTOR is “threads”"):
        worker_settings()
