"""The current API on a copy of an earlier version's storage; queued jobs stay queued."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.app import main
from backend.app.accounts import passwords
from backend.app.jobs.threads import ThreadExecutor
from tests.api.conftest import routes_analysed_once

from .earlier import EMAIL, PASSWORD, EarlierStorage

__all__ = ["routes_analysed_once"]


@pytest.fixture
def storage(tmp_path: Path) -> EarlierStorage:
    return EarlierStorage.copied_to(tmp_path / "storage")


@pytest.fixture
def ann(storage: EarlierStorage, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A user of the earlier version, signed in with the password of that time."""
    monkeypatch.setattr(ThreadExecutor, "start", lambda self: None)
    monkeypatch.setattr(main, "set_up_logs", lambda: None)  # it would remove pytest's handlers
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)  # of new passwords only
    app = main.create_app(storage.settings)
    with TestClient(app, base_url="http://localhost:8000") as client:
        form = {"username": EMAIL, "password": PASSWORD}
        token = client.post("/auth/token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
