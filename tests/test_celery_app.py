"""``celery -A backend.app.celery_app worker`` says what is odd about the settings."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from backend.app.wiring.jobs.workers import NOTICES_LOGGED
from tests import ROOT
from tests.patience import PATIENCE_S
from tests.ports import free_port

MISSPELT = {"STORAGE_ROTO": "elsewhere"}
NOTICE = "STORAGE_ROTO is not a setting. Is it STORAGE_ROOT?"


def test_celerys_own_command_logs_notices_about_settings(tmp_path: Path) -> None:
    assert NOTICE in logged_at_start(tmp_path, MISSPELT)


def test_notices_are_not_repeated_in_each_process_of_a_worker(tmp_path: Path) -> None:
    assert NOTICE not in logged_at_start(tmp_path, {**MISSPELT, NOTICES_LOGGED: "1"})


def logged_at_start(folder: Path, settings: dict[str, str]) -> str:
    """Return what a worker writes until it looks for Redis, which isn't there."""
    command = [sys.executable, "-m", "celery", "-A", "backend.app.celery_app", "worker"]
    environment = {
        **os.environ,
        **settings,
        "EXECUTOR": "celery",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "STORAGE_ROOT": str(folder / "storage"),
    }
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, "-Q", "cpu"], cwd=ROOT, env=environment, stdout=file, stderr=file
        )
    deadline = time.monotonic() + PATIENCE_S
    try:
        while "Cannot connect" not in (written := log.read_text()):
            assert process.poll() is None, written
            assert time.monotonic() < deadline, written
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()
    return written
