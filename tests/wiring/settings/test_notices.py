"""Old and misspelt names of settings are logged at start; other programs' names are not."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.app import main, worker
from backend.app.settings import Settings
from backend.app.wiring.jobs import workers
from backend.app.wiring.settings import notices
from backend.app.wiring.settings.notices import setting_notices
from tests import ROOT

# Of a shell, a CI, containers, clouds, and programs that are often installed beside Segue.
COMMON = """
PATH HOME LANG LC_ALL USER SHELL TERM PWD OLDPWD SHLVL LOGNAME EDITOR DISPLAY XDG_RUNTIME_DIR
TMPDIR HOSTNAME TZ PS1 VIRTUAL_ENV PYTHONPATH PYTHONUNBUFFERED PIP_CACHE_DIR SSH_AUTH_SOCK
MAKEFLAGS NO_PROXY HTTP_PROXY HTTPS_PROXY CI GITHUB_ACTIONS GITHUB_TOKEN GITHUB_API_URL
GITHUB_SERVER_URL GITHUB_WORKSPACE RUNNER_TEMP KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT
KUBERNETES_PORT KUBERNETES_PORT_443_TCP REDIS_PORT REDIS_SERVICE_HOST REDIS_PORT_6379_TCP_ADDR
AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_SHARED_CREDENTIALS_FILE
DATABASE_USER DATABASE_HOST DATABASE_NAME DATABASE_PASSWORD POSTGRES_URL POSTGRES_PASSWORD_FILE
PGHOST OPENAI_ORG_ID OPENAI_API_BASE OPENAI_PROJECT_ID GOOGLE_APPLICATION_CREDENTIALS
GOOGLE_API_KEY GOOGLE_CLIENT_ID SECRET_KEY JWT_ALGORITHM HF_HOME CUDA_VISIBLE_DEVICES
OMP_NUM_THREADS NUMBA_CACHE_DIR FORWARDED_ALLOW_IPS WEB_CONCURRENCY PORT HOST DEBUG LOG_LEVEL
SMTP_HOST STREAMLIT_SERVER_PORT CELERY_BROKER_URL SEGUE_DATABASE_CHECKED MINIO_ROOT_USER
"""


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        monkeypatch.delenv(name)


def said(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    for name in names:
        monkeypatch.setenv(name, "hunter2")
    found = setting_notices(env_file=None)
    assert "hunter2" not in " ".join(found)
    return found


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("MAX_CONCURENT_JOBS", "MAX_CONCURRENT_JOBS"),
        ("MAX_FILE_SIZE_MB", "MAX_FILE_SIZE"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("REDIS_ULR", "REDIS_URL"),
        ("CORS_ORIGIN", "CORS_ORIGINS"),
        ("STORAGE_ROOTS", "STORAGE_ROOT"),
        ("LEASES", "LEASE_S"),
        ("GOOGLE_CLIENT_SECRET", "GOOGLE_CLIENT_SECRETS"),
        ("JWT_SECRETS_FILE", "JWT_SECRET_FILE"),
        ("SEGUE_MAX_FILE_SIZE", "MAX_FILE_SIZE"),
        ("AUTOMIX_DEMUCS_MODEL", "DEMUCS_MODEL"),
    ],
)
def test_misspelt_name_is_reported_with_the_likely_one(
    monkeypatch: pytest.MonkeyPatch, typed: str, likely: str
) -> None:
    assert said(monkeypatch, typed) == [f"{typed} is not a setting. Is it {likely}?"]


def test_misspelt_name_in_the_env_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RENDER_WORKER=2\n")
    assert setting_notices(str(tmp_path / ".env")) == [
        "RENDER_WORKER is not a setting. Is it RENDER_WORKERS?"
    ]


def test_settings_and_common_variables_are_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [name.upper() for name in Settings.model_fields]
    assert said(monkeypatch, *ours, *COMMON.split(), "DATABASE_URL_FILE", "JWT_SECRET_FILE") == []


def test_settings_of_the_example_file_are_not_reported() -> None:
    assert setting_notices(str(ROOT / ".env.example")) == []


def test_old_names_are_reported_with_todays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, "AUTOMIX_OPENAI_API_KEY", "REDIS_HOST", "REDIS_PASSWORD_FILE") == [
        "AUTOMIX_OPENAI_API_KEY: read as OPENAI_API_KEY; use that name.",
        "REDIS_HOST and REDIS_PASSWORD: read as REDIS_URL; use that name.",
    ]
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    monkeypatch.setenv("REDIS_URL_FILE", "hunter2")
    assert said(monkeypatch) == [
        "AUTOMIX_OPENAI_API_KEY: ignored, since OPENAI_API_KEY is set.",
        "REDIS_HOST and REDIS_PASSWORD: ignored, since REDIS_URL is set.",
    ]


def test_unused_and_unknown_old_names_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, "GRAIN_DURATION_MS", "AUTOMIX_FLAVOUR")
    assert found == [
        "GRAIN_DURATION_MS: not used by Segue. Send it with each restyle, in settings.",
        "AUTOMIX_FLAVOUR is not a setting. See docs/seeds.md for today's names.",
    ]


def test_broker_that_celery_reads_itself_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXECUTOR", "celery")
    [notice] = said(monkeypatch, "CELERY_BROKER_URL")
    assert notice.startswith("CELERY_BROKER_URL: Celery reads it in place of REDIS_URL.")


def test_api_and_worker_log_the_notices(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MAX_CONCURENT_JOBS", "2")
    monkeypatch.setattr(main, "set_up_logs", lambda: None)  # it would remove pytest's handlers
    monkeypatch.setattr(worker, "set_up_logs", lambda: None)
    monkeypatch.setattr(workers, "worker_settings", lambda: Settings(_env_file=None))
    monkeypatch.setattr(workers, "run_worker", lambda _settings, _queues: 0)
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.WARNING, notices.__name__)
    with TestClient(main.create_app(Settings(_env_file=None, storage_root=tmp_path / "storage"))):
        pass
    worker.main(["--queues", "cpu"])
    logged = [one.message for one in caplog.records if one.name == notices.__name__]
    assert logged == 2 * ["MAX_CONCURENT_JOBS is not a setting. Is it MAX_CONCURRENT_JOBS?"]
