"""Wrong settings of the Google client are logged when the server starts."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.app import main
from backend.app.settings import Settings


def test_wrong_kind_of_google_client_is_logged_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    file = tmp_path / "client_secrets.json"
    file.write_text('{"installed": {"client_id": "id", "client_secret": "canary"}}')
    settings = Settings(
        _env_file=None, storage_root=tmp_path / "storage", google_client_secrets=file
    )
    with (
        caplog.at_level(logging.WARNING, "backend.app.main"),
        TestClient(main.create_app(settings), base_url="http://localhost:8000") as client,
    ):
        told = [record.message for record in caplog.records if record.name == "backend.app.main"]
        assert len(told) == 1
        assert "desktop client" in told[0]
        assert "canary" not in told[0]
        providers = client.get("/auth/providers").json()
    assert providers["google"] is False
    assert "desktop client" in providers["missing_reason"]
