"""Settings of a job's child process."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from backend.app import worker
from backend.app.jobs.messages import MESSAGE, Done, Order
from backend.app.jobs.pipeline import Pipeline
from backend.app.settings import Settings

TOLD: list[Settings] = []


def listening(settings: Settings) -> Pipeline[str]:
    TOLD.append(settings)
    return Pipeline(lambda inputs: inputs, ())


def test_a_child_reads_its_environment_and_not_the_file_with_the_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("JWT_SECRET=9f2c7b1e84d05a6fb3c1d97e60428aa5\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_ROOT", "elsewhere")
    order = Order("j", f"{__name__}:listening", "{}", 1.0, str(tmp_path / "job"), 1, [])
    events = io.BytesIO()
    assert worker.run_child(order, events, io.BytesIO()) == 0
    assert TOLD[-1].jwt_secret is None
    assert TOLD[-1].storage_root == Path("elsewhere")
    assert isinstance(MESSAGE.validate_json(events.getvalue().splitlines()[-1]), Done)
