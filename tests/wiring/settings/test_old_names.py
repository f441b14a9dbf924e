"""Settings under the names of earlier systems, and secrets in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.errors import BadSettings
from backend.app.settings import MIB, Settings
from backend.app.wiring.settings.old_names import OLD_NAMES
from backend.app.wiring.settings.read_settings import read_settings
from backend.app.wiring.settings.secret_files import names_of_secrets

SECRET = "hunter2-hunter2-hunter2-hunter2!"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove this machine's settings; use an empty storage folder."""
    redis = ("redis_host", "redis_port", "redis_db", "redis_password")
    files = (f"{name}_file" for name in names_of_secrets())
    for name in (*Settings.model_fields, *OLD_NAMES, *redis, *files):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("STORAGE_ROOT", str(tmp_path / "storage"))


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return read_settings(env_file=None)


def refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    with pytest.raises(BadSettings) as caught:
        read(monkeypatch, **values)
    assert caught.value.hint
    return f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("old", "value", "setting", "meant"),
    [
        ("AUTOMIX_OPENAI_BASE_URL", "http://llm:1/v1", "openai_base_url", "http://llm:1/v1"),
        ("AUTOMIX_MIX_DECISION_MODEL", "gpt-4o-mini", "openai_model", "gpt-4o-mini"),
        ("AUTOMIX_REDIS_URL", "redis://r:6379/0", "redis_url", "redis://r:6379/0"),
        ("AUTOMIX_MAX_UPLOAD_MB", "100", "max_file_size", 100 * MIB),
        ("MAX_UPLOAD_SIZE_MB", "100", "max_file_size", 100 * MIB),
        ("MAX_FILE_SIZE", "50MB", "max_file_size", 50 * MIB),
        ("CORS_ALLOW_ORIGINS", "http://a,http://b", "cors_origins", "http://a,http://b"),
        ("YOUTUBE_CLIENT_SECRETS", "web.json", "google_client_secrets", Path("web.json")),
    ],
)
def test_old_name_sets_todays_setting(
    monkeypatch: pytest.MonkeyPatch, old: str, value: str, setting: str, meant: object
) -> None:
    assert getattr(read(monkeypatch, **{old: value}), setting) == meant


def test_old_secret_and_folder_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STORAGE_ROOT")
    folder = tmp_path / "old"
    settings = read(
        monkeypatch, AUTOMIX_OPENAI_API_KEY="sk-0123456789", MIXTAPE_STORAGE_ROOT=str(folder)
    )
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sk-0123456789"
    assert settings.storage_root == folder


def test_todays_name_wins_even_from_the_env_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("OPENAI_MODEL=ours\nAUTOMIX_OPENAI_BASE_URL=http://llm:1/v1\n")
    monkeypatch.setenv("AUTOMIX_MIX_DECISION_MODEL", "theirs")
    settings = read_settings(env_file=str(env_file))
    assert settings.openai_model == "ours"
    assert settings.openai_base_url == "http://llm:1/v1"


@pytest.mark.parametrize(
    ("parts", "url"),
    [
        ({"REDIS_HOST": "r"}, "redis://r:6379/0"),
        ({"REDIS_HOST": "r", "REDIS_PORT": "7000", "REDIS_DB": "2"}, "redis://r:7000/2"),
        ({"REDIS_HOST": "r", "REDIS_PASSWORD": "a/b@c"}, "redis://:a%2Fb%40c@r:6379/0"),
        ({"REDIS_HOST": "r", "REDIS_PORT": "tcp://10.0.0.11:6380"}, "redis://r:6380/0"),
        ({"REDIS_HOST": "r", "REDIS_URL": "redis://ours:1/0"}, "redis://ours:1/0"),
        ({"REDIS_HOST": "r", "AUTOMIX_REDIS_URL": "redis://whole:1/0"}, "redis://whole:1/0"),
        # Kubernetes sets it for a service “redis”, whether Segue uses that or not
        ({"REDIS_PORT": "tcp://10.0.0.11:6379"}, None),
    ],
)
def test_redis_address_is_put_together(
    monkeypatch: pytest.MonkeyPatch, parts: dict[str, str], url: str | None
) -> None:
    assert read(monkeypatch, **parts).redis_url == url


def test_invalid_old_values_are_named_as_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, AUTOMIX_MAX_UPLOAD_MB="many")
    assert said.startswith("MAX_FILE_SIZE, read from AUTOMIX_MAX_UPLOAD_MB, is “many”.")
    monkeypatch.delenv("AUTOMIX_MAX_UPLOAD_MB")
    assert refused(monkeypatch, REDIS_HOST="r", REDIS_DB="one").startswith("REDIS_DB is “one”")


def test_every_secret_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    names = [name for name in names_of_secrets() if name in Settings.model_fields]
    assert {"jwt_secret", "openai_api_key", "database_url", "redis_url"} <= set(names)
    settings = read(monkeypatch, **{f"{name.upper()}_FILE": str(file) for name in names})
    for name in names:
        value = getattr(settings, name)
        assert (value if isinstance(value, str) else value.get_secret_value()) == SECRET, name


def test_redis_password_is_read_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("wool")
    settings = read(monkeypatch, REDIS_HOST="r", REDIS_PASSWORD_FILE=str(tmp_path / "secret"))
    assert settings.redis_url == "redis://:wool@r:6379/0"


@pytest.mark.parametrize(
    ("content", "fault"),
    [(None, "cannot be read"), (b"\xff\xfe", "cannot be read"), (b"\n", "is empty")],
)
def test_unusable_secret_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, fault: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    said = refused(monkeypatch, JWT_SECRET_FILE=str(file))
    assert said.startswith(f"JWT_SECRET_FILE names {file}, which {fault}.")


def test_secret_and_its_file_together_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    said = refused(monkeypatch, JWT_SECRET=SECRET, JWT_SECRET_FILE=str(tmp_path / "secret"))
    assert said == "JWT_SECRET and JWT_SECRET_FILE are both set. Leave one of them out."
