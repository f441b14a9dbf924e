"""Hosts, origins, errors, health, and invalid settings at start."""

from __future__ import annotations

import logging
import re
import stat
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import create_engine

from backend.app.api import errors
from backend.app.errors import BadSettings, SegueError, StoreBusy
from backend.app.main import create_app
from backend.app.services import health
from backend.app.services.library.library import Library
from backend.app.settings import Settings
from backend.app.store.database import Database
from tests import ROOT

OURS = "http://localhost:8501"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", ""])
def test_foreign_host_is_rejected(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 400


def test_secrets_are_created_at_first_start_and_private(client, settings):
    kept = sorted((settings.storage_root / "secrets").iterdir())
    names = ["frontend_secret", "jwt_secret", "tokens_encryption_key"]
    assert [file.name for file in kept] == names
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9"])
def test_own_hosts_are_served(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 200


def test_moving_a_server_needs_only_two_addresses(settings):
    addresses = {
        "api_base": "https://api.example",
        "streamlit_redirect_base": "https://mix.example/",
    }
    moved = settings.model_copy(update=addresses)
    with TestClient(create_app(moved), base_url="https://api.example") as client:
        assert client.get("/health").status_code == 200
        assert client.get("/health", headers={"Host": "mix.example"}).status_code == 400
        answer = client.get("/health", headers={"Origin": "https://mix.example"})
        assert answer.headers["access-control-allow-origin"] == "https://mix.example"


def _preflight(client, origin: str):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type"
    return client.options("/uploads/tracks", headers=asked)


def test_own_pages_may_call_the_api_with_credentials(client):
    answer = _preflight(client, OURS)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_page_opened_by_its_loopback_address_may_call_the_api(client):
    answer = _preflight(client, "http://127.0.0.1:8501")
    assert answer.headers["access-control-allow-origin"] == "http://127.0.0.1:8501"
    assert _preflight(client, "http://127.0.0.1:9999").status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{OURS}.evil.example"])
def test_other_pages_may_not_call_the_api(client, origin):
    assert _preflight(client, origin).status_code == 400
    answer = client.get("/health", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


def test_own_pages_can_read_rejections(client):
    answer = client.post("/uploads/tracks", content=b"x", headers={"Origin": OURS})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == OURS


@pytest.mark.parametrize(
    ("verb", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "not_found"),
        ("PUT", "/health", 405, "method_not_allowed"),
        ("GET", "/auth/me", 401, "not_signed_in"),
    ],
)
def test_framework_errors_have_the_contracts_shape(client, verb, path, status, code):
    answer = client.request(verb, path)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_internal_error_shows_only_its_id(client, alice, monkeypatch, caplog):
    def broken(self: Library, user_id: str, upload_id: str) -> None:
        raise RuntimeError("postgres://user:hunter2@db")

    monkeypatch.setattr(Library, "upload", broken)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/uploads/x", headers={**alice.headers, "Origin": OURS})
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "hunter2" not in answer.text
    assert answer.headers["access-control-allow-origin"] == OURS
    number = re.search(r"error (\w{8})", answer.text).group(1)
    record = next(r for r in caplog.records if number in r.getMessage())
    assert "hunter2" in str(record.exc_info[1])  # the log contains what the answer hides


def test_busy_database_is_retryable(alice, monkeypatch):
    def busy(self: Library, user_id: str, upload_id: str) -> None:
        raise StoreBusy("The server is busy.")

    monkeypatch.setattr(Library, "upload", busy)
    answer = alice.get("/uploads/x")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["retryable"]


def _all_errors(family: type[SegueError]) -> set[type[SegueError]]:
    return {family}.union(*(_all_errors(kind) for kind in family.__subclasses__()))


def test_every_error_class_has_a_status():
    unmapped = {kind.code for kind in _all_errors(SegueError)} - set(errors.STATUSES)
    # The base class's code, rejections by the gate (mapped by class), and errors that prevent the
    # start.
    assert unmapped <= {"error", "not_audio", "bad_settings"}


def test_health_is_public_and_readiness_names_ffmpeg(client):
    assert client.get("/health").json() == {"status": "ok"}
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["ready"]
    assert re.search(r"\d+\.\d+", ready.json()["ffmpeg_version"])


@pytest.mark.parametrize(
    ("version", "warned"),
    [("5.1.9-0+deb12u1", True), ("8.1.2", True), ("8.1.3", False), ("9.0", False), ("n7.1", True)],
)
def test_old_ffmpeg_is_logged(client, monkeypatch, version, warned):
    monkeypatch.setattr(client.app.state.services.health, "_ffmpeg_version", version)
    ready = client.get("/health/ready").json()
    assert ready["ready"]
    assert bool(ready["warnings"]) is warned


def test_server_without_ffmpeg_is_alive_but_not_ready(client, monkeypatch):
    monkeypatch.setattr(client.app.state.services.health, "_ffmpeg_version", None)
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health").status_code == 200


def damage(file: Path, how: str) -> None:
    """Damage a database whose connections are open."""
    for beside in file.parent.glob(f"{file.name}-*"):
        beside.unlink()
    if how == "deleted":
        file.unlink()
    elif how == "overwritten":
        file.write_bytes(b"not a database " * 4096)
    elif how == "zeroed pages":
        content = file.read_bytes()
        file.write_bytes(content[:100] + bytes(len(content) - 100))
    else:
        file.write_bytes(b"")


@pytest.mark.parametrize("how", ["deleted", "overwritten", "zeroed pages", "emptied"])
def test_server_with_a_damaged_database_is_not_ready(client, settings, how):
    assert client.get("/health/ready").status_code == 200
    client.app.state.services.stores.database.close()
    damage(settings.storage_root / "segue.db", how)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert client.get("/health").status_code == 200


def test_server_whose_database_does_not_answer_is_not_ready(client, monkeypatch):
    """As with PostgreSQL whose server is down."""
    down = Database(create_engine("sqlite:////proc/no/such/folder/segue.db"))
    monkeypatch.setattr(client.app.state.services.health, "_database", down)
    assert client.get("/health/ready").status_code == 503


def test_server_with_a_full_disk_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "MIN_FREE_BYTES", 10**18)
    assert client.get("/health/ready").status_code == 503


@pytest.mark.parametrize("weak", ["", "change-me-" + "0" * 40, "x" * 64, "short"])
def test_weak_secret_prevents_the_start(settings, weak):
    bad = settings.model_copy(update={"jwt_secret": SecretStr(weak)})
    with pytest.raises(BadSettings) as refused, TestClient(create_app(bad)):
        pass
    assert "JWT_SECRET" in str(refused.value)
    assert "change-me-0" not in str(refused.value)


@pytest.mark.parametrize("formats", ["", " ,", "mp3,waw", "mp3;wav"])
def test_unknown_format_prevents_the_start(settings, formats):
    bad = settings.model_copy(update={"supported_formats": formats})
    with pytest.raises(BadSettings), TestClient(create_app(bad)):
        pass


def test_settings_example_lists_each_setting_with_its_default():
    example = {}
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            example[name] = value
    fields = Settings.model_fields
    defaults = {n.upper(): "" if f.default is None else str(f.default) for n, f in fields.items()}
    assert example == defaults


def test_removed_settings_in_the_env_file_are_ignored(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_text("EXECUTOR=threads\nMAX_CONCURRENT_JOBS=3\n")
    assert Settings(_env_file=env_file).max_concurrent_jobs == 3
