"""Reading the OAuth client file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.app.accounts.google_client import GoogleClient, client_warnings, google_client
from backend.app.errors import NotConfigured
from backend.app.settings import Settings

GOOGLE = Settings(_env_file=None).google_issuer


@pytest.mark.parametrize(
    ("issuer", "spellings"),
    [
        (GOOGLE, ["https://accounts.google.com", "accounts.google.com"]),
        ("https://login.example", ["https://login.example"]),
        ("http://accounts.google.com", ["http://accounts.google.com"]),
    ],
)
def test_only_googles_issuer_has_an_alias(issuer: str, spellings: list[str]) -> None:
    assert GoogleClient("id", SecretStr("secret"), issuer).issuer_spellings == spellings


@pytest.mark.parametrize("issuer", ["https://login.example", "https://login.example/"])
def test_metadata_lie_below_the_issuer(issuer: str) -> None:
    url = GoogleClient("id", SecretStr("secret"), issuer).discovery_url
    assert url == "https://login.example/.well-known/openid-configuration"


WEB = {"client_id": "id", "client_secret": "GOCSPX-canary"}
HERE = [
    "http://localhost:8000/auth/google/callback",
    "http://localhost:8000/youtube/oauth/callback",
]


def secrets_file(folder: Path, content: object) -> Path:
    file = folder / "client_secrets.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("not JSON", "is not JSON"),
        ({"installed": WEB}, "desktop client"),
        ({}, "has no web client"),
        ({"web": {"client_id": "id"}}, "lacks a client's id or secret"),
        ({"web": {**WEB, "client_id": "YOUR_CLIENT_ID"}}, "has a placeholder as id or secret"),
        ({"web": {**WEB, "client_secret": "<secret>"}}, "has a placeholder as id or secret"),
    ],
)
def test_invalid_client_file_is_refused_with_its_fault(
    tmp_path: Path, content: object, fault: str
) -> None:
    file = secrets_file(tmp_path, content)
    with pytest.raises(NotConfigured) as refused:
        google_client(file, GOOGLE)
    assert fault in refused.value.message
    assert "GOOGLE_CLIENT_SECRETS" in refused.value.message
    assert "canary" not in refused.value.message
    assert client_warnings(file, GOOGLE, HERE) == [refused.value.message]


def test_unreadable_client_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "client_secrets.json").mkdir()
    with pytest.raises(NotConfigured, match="can't be read"):
        google_client(tmp_path / "client_secrets.json", GOOGLE)


def test_missing_client_file_gives_no_warning(tmp_path: Path) -> None:
    assert client_warnings(tmp_path / "client_secrets.json", GOOGLE, HERE) == []


@pytest.mark.parametrize(
    ("listed", "missing"), [(HERE, []), (HERE[:1], HERE[1:]), ([], []), (["http://x/"], HERE)]
)
def test_unlisted_redirect_uri_gives_a_warning(
    tmp_path: Path, listed: list[str], missing: list[str]
) -> None:
    file = secrets_file(tmp_path, {"web": {**WEB, "redirect_uris": listed}})
    warnings = client_warnings(file, GOOGLE, HERE)
    assert [uri for uri in HERE if any(uri in warning for warning in warnings)] == missing
    assert len(warnings) == len(missing)
