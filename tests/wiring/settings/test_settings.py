"""An invalid setting is named in one sentence, whichever part reads it."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from backend.app import main, worker
from backend.app.cli import shell
from backend.app.errors import BadSettings
from backend.app.jobs.messages import MESSAGE, Failed, Order
from backend.app.settings import Settings
from backend.app.store.database import open_database
from backend.app.wiring.services import build
from backend.app.wiring.settings import database_file
from backend.app.wiring.settings.checks import (
    DATABASE_CHECKED,
    check_database_url,
    check_server_settings,
    check_values,
)
from backend.app.wiring.settings.read_settings import read_settings
from tests import ROOT
from tools import serve

SECRET = "hunter2-hunter2-hunter2-hunter2!"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove this machine's settings; use an empty storage folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("STORAGE_ROOT", str(tmp_path / "storage"))


def sentence(caught: pytest.ExceptionInfo[BadSettings]) -> str:
    return f"{caught.value.message} {caught.value.hint}"


def refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        check_server_settings(read_settings(env_file=None))
    said = sentence(caught)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("MAX_FILE_SIZE", "abc", "a size above 0, such as 50MB or 52428800"),
        ("MAX_FILE_SIZE", "0", "a size above 0"),
        ("MAX_FILE_SIZE", "-5MB", "a size above 0"),
        ("MAX_FILE_SIZE", "30min", "a size above 0"),
        ("MAX_CONCURRENT_JOBS", "0", "a whole number of at least 1"),
        ("RENDER_WORKERS", "-1", "a whole number of at least 0"),
        ("LEASE_S", "soon", "a duration above 0, such as 30min or 1800"),
        ("MAX_TRACK_S", "3 moons", "a duration above 0"),
        ("LEASE_S", "inf", "a duration above 0"),
        ("RETENTION_HOURS", "-1", "a duration of at least 0, such as 3d or 72"),
        ("RETENTION_HOURS_BY_KIND", "stem=3d", "stem_mix, publish, uploads, as in stems=3d"),
        ("RETENTION_HOURS_BY_KIND", "stems=-1", "“-1”, which is not a duration"),
        ("RETENTION_HOURS_BY_KIND", "stems", "Use such as 3d, 90min or 72"),
        ("API_BASE", "localhost:8000", "http://localhost:8000"),
        ("API_BASE", "http://[", "http://localhost:8000"),
        ("GOOGLE_OAUTH_REDIRECT_URI", "here", "http://localhost:8000"),
        ("SUPPORTED_FORMATS", "mp3,waw", "flac,m4a,mp3,ogg,opus,wav"),
        ("FFMPEG_BINARY", "/no/ffmpeg", "the full path of an ffmpeg program"),
    ],
)
def test_invalid_value_is_named_with_allowed_values(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    said = refused(monkeypatch, name, value)
    assert said.startswith(name)
    assert allowed in said


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("MAX_FILE_SIZE", "50MB", 50 * 1024**2),
        ("MAX_FILE_SIZE", "50 mib", 50 * 1024**2),
        ("MAX_FILE_SIZE", "52428800", 50 * 1024**2),
        ("MAX_IMAGE_SIZE", "900kB", 900 * 1024),
        ("MAX_UPLOAD_SIZE", "1.5GB", 1536 * 1024**2),
        ("MAX_LIBRARY_SIZE", "2T", 2 * 1024**4),
        ("YOUTUBE_MAX_THUMBNAIL_BYTES", "2MB", 2 * 1024**2),
        ("LEASE_S", "45", 45.0),
        ("LEASE_S", "2min", 120.0),
        ("LLM_TIMEOUT_S", "7.5s", 7.5),
        ("MAX_TRACK_S", "3h", 10_800.0),
        ("MAX_TRACK_S", "1h 30min", 5400.0),
        ("YOUTUBE_MAX_VIDEO_S", "12 h", 43_200.0),
        ("RETENTION_HOURS", "3d", 72.0),
        ("RETENTION_HOURS", "90min", 1.5),
        ("RETENTION_HOURS", "12", 12.0),
    ],
)
def test_sizes_and_durations_are_read_with_their_units(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: float
) -> None:
    monkeypatch.setenv(name, text)
    assert getattr(read_settings(env_file=None), name.lower()) == value


def test_placeholder_of_a_model_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, "OPENAI_API_KEY", "(optional, for the language model)")
    assert said == "OPENAI_API_KEY is a placeholder. Set it to a real key, or leave it out."


@pytest.mark.parametrize("name", ["JWT_SECRET", "TOKENS_ENCRYPTION_KEY"])
def test_weak_secret_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    said = refused(monkeypatch, name, "change-me-please")
    assert said.startswith(name)
    assert "please" not in said


def test_storage_root_that_is_a_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    for path in (tmp_path / "taken", tmp_path / "taken" / "below"):
        said = refused(monkeypatch, "STORAGE_ROOT", str(path))
        assert said.startswith(f"STORAGE_ROOT: {tmp_path / 'taken'} is not a folder.")


def test_unwritable_storage_root_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.F_OK)  # tests may run as root
    said = refused(monkeypatch, "STORAGE_ROOT", str(tmp_path))
    assert said.startswith(f"STORAGE_ROOT: this account may not read and write {tmp_path}.")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        (f"{SECRET}", "does not name a database"),
        ("sqlite://", "does not name a database"),
        (f"nosuch://me:{SECRET}@host/db", "an unknown kind of database"),
        (f"mssql+pyodbc://me:{SECRET}@host/db", "needs the package pyodbc"),
        ("sqlite:////etc/hostname/below/segue.db", "/etc/hostname is not a folder"),
    ],
)
def test_unreachable_database_is_reported_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str, fault: str
) -> None:
    said = refused(monkeypatch, "DATABASE_URL", url)
    assert said.startswith("DATABASE_URL")
    assert fault in said
    assert SECRET not in said


def test_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Buy a longer cable.")
    with pytest.raises(BadSettings) as caught:
        check_database_url(f"sqlite:///{file}")
    assert f"{file} is not a SQLite database" in sentence(caught)


def test_new_or_existing_database_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "segue.db"
    check_database_url(f"sqlite:///{file}")
    assert not file.parent.exists()  # a check changes nothing
    file.parent.mkdir()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE a (b)")
    check_database_url(f"sqlite:///{file}")


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """A storage folder with a database of some size."""
    folder = tmp_path / "storage"
    folder.mkdir()
    open_database(f"sqlite:///{folder}/segue.db").close()
    with closing(sqlite3.connect(folder / "segue.db", isolation_level=None)) as database:
        many = [(f"{n}", f"198.51.100.{n % 250}", "2026-11-30 12:00:00") for n in range(5000)]
        database.execute("BEGIN")
        database.executemany("INSERT INTO sign_in_failures VALUES (NULL, ?, ?, ?)", many)
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def spoil(file: Path, start: int, size: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(start)
        opened.write(b"\xa5" * size)


@pytest.mark.parametrize(
    ("start", "size", "fault"),
    [
        (0, 16, "is not a SQLite database"),
        (100, 2000, "is damaged"),  # the tables' definitions
        (120_000, 40_000, "is damaged"),  # rows that are not read at the start
    ],
)
def test_damaged_database_is_named_in_one_sentence(
    storage: Path, start: int, size: int, fault: str
) -> None:
    check_server_settings(read_settings(env_file=None))
    spoil(storage / "segue.db", start, size)
    with pytest.raises(BadSettings) as caught:
        check_server_settings(read_settings(env_file=None))
    assert f"{storage / 'segue.db'} {fault}" in sentence(caught)
    assert "Restore it from a backup" in sentence(caught)


def test_truncated_database_is_named(storage: Path) -> None:
    os.truncate(storage / "segue.db", 50_000)
    with pytest.raises(BadSettings, match=r"segue\.db is damaged"):
        check_server_settings(read_settings(env_file=None))


def test_database_of_a_newer_version_is_named(storage: Path) -> None:
    with closing(sqlite3.connect(storage / "segue.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9001'")
    with pytest.raises(BadSettings, match="a newer version of Segue"):
        check_server_settings(read_settings(env_file=None))


def test_database_that_another_process_writes_is_accepted(storage: Path) -> None:
    with closing(sqlite3.connect(storage / "segue.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        check_server_settings(read_settings(env_file=None))


def test_database_is_read_whole_once_at_a_start(
    monkeypatch: pytest.MonkeyPatch, storage: Path
) -> None:
    looks, look_into = list[Path](), database_file._look_into
    monkeypatch.setattr(
        database_file, "_look_into", lambda file: looks.append(file) or look_into(file)
    )
    settings = main._served_app().state.settings
    build(settings).stop()
    assert looks == [storage / "segue.db"]
    given: list[Mapping[str, str]] = []
    monkeypatch.setattr(serve, "run", lambda _servers, env: given.append(env) or 0)
    assert serve.main(["--api-port", "0", "--ui-port", "0"]) == 0
    monkeypatch.setenv(DATABASE_CHECKED, given[0][DATABASE_CHECKED])
    main._served_app()
    assert len(looks) == 2, "by the launcher"


@pytest.mark.parametrize("name", ["jobs", "secrets", "secrets/jwt_secret", "segue.db"])
def test_unusable_part_of_the_storage_is_named(
    monkeypatch: pytest.MonkeyPatch, storage: Path, name: str
) -> None:
    (storage / "secrets").mkdir()
    (storage / "secrets" / "jwt_secret").write_text(SECRET)
    (storage / "jobs").mkdir()
    check_server_settings(read_settings(env_file=None))
    access = os.access  # tests may run as root, who may do everything

    def no_access(path: Path, mode: int) -> bool:
        return (Path(path) != storage / name or mode == os.F_OK) and access(path, mode)

    monkeypatch.setattr(os, "access", no_access)
    with pytest.raises(BadSettings) as caught:
        check_server_settings(read_settings(env_file=None))
    assert str(storage / name) in sentence(caught)


def test_shell_names_an_unusable_part_of_the_storage(
    monkeypatch: pytest.MonkeyPatch, storage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (storage / "derived").write_text("a file")
    (storage / "song.wav").touch()
    song, out = str(storage / "song.wav"), str(storage / "out")
    assert shell.main(["stems", song, "--out", out, "--model", "draft"]) == 1
    assert capsys.readouterr().err == (
        f"STORAGE_ROOT: {storage / 'derived'} is not a folder. Name a folder.\n"
    )


@pytest.mark.parametrize("command", ["API", "launcher"])
def test_process_ends_with_one_line_on_a_damaged_database(storage: Path, command: str) -> None:
    spoil(storage / "segue.db", 120_000, 40_000)
    ended = subprocess.run(
        [sys.executable, "-m", *COMMANDS[command]],
        cwd=ROOT,
        env={**os.environ, "STORAGE_ROOT": str(storage)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "segue.db is damaged. Restore it" in ended.stderr


def test_binary_env_file_is_reported(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"API_BASE=\xff\xfe\n")
    with pytest.raises(BadSettings) as caught:
        read_settings(env_file=str(file))
    assert str(file) in sentence(caught)


COMMANDS = {
    "API": ("uvicorn", "backend.app.main:app", "--port", "0"),
    "shell": ("backend.app.cli", "stems", "song.mp3", "--out", "stems"),
    "launcher": ("tools.serve", "--api-port", "0", "--ui-port", "0"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_process_ends_with_one_line(command: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "MAX_FILE_SIZE": "abc"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "MAX_FILE_SIZE is “abc”. "
        "Set it to a size above 0, such as 50MB or 52428800, or leave it out.\n"
    )


def test_launcher_starts_no_server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "run", lambda *_: pytest.fail("it started the servers"))
    monkeypatch.setenv("DATABASE_URL", "nothing")
    assert serve.main(["--api-port", "0", "--ui-port", "0"]) == 1
    assert capsys.readouterr().err.startswith("DATABASE_URL does not name a database.")


def test_job_fails_with_the_same_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEASE_S", "soon")
    order = Order("j", "tests.jobs.pipelines:chain", "{}", 1.0, str(tmp_path), 1, [])
    events = io.BytesIO()
    assert worker.run_child(order, events, io.BytesIO()) == 1
    said = MESSAGE.validate_json(events.getvalue())
    assert isinstance(said, Failed)
    assert (said.failure.code, said.failure.message) == ("bad_settings", "LEASE_S is “soon”.")


def test_celery_without_redis_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as caught:
        check_values(Settings(_env_file=None, storage_root=tmp_path, executor="celery"))
    assert "REDIS_URL is not set" in sentence(caught)
