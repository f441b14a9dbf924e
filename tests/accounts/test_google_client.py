"""Who Segue is to Google, and what Google may call itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.app.accounts.google_client import GoogleClient, doubts, google_client
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
def test_none_but_googles_own_issuer_has_two_spellings(issuer: str, spellings: list[str]) -> None:
    assert GoogleClient("id", SecretStr("secret"), issuer).issuer_spellings == spellings


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
    ("content", "said"),
    [
        ("not JSON", "is no JSON"),
        ({"installed": WEB}, "desktop client"),
        ({}, "without a web client"),
        ({"web": {"client_id": "id"}}, "lacks a client's id or secret"),
    ],
)
def test_a_file_that_will_not_do_is_told_by_what_is_wrong_with_it(
    tmp_path: Path, content: object, said: str
) -> None:
    file = secrets_file(tmp_path, content)
    with pytest.raises(NotConfigured) as refused:
        google_client(file, GOOGLE)
    assert said in refused.value.message
    assert "GOOGLE_CLIENT_SECRETS" in refused.value.message
    assert "canary" not in refused.value.message
    assert doubts(file, GOOGLE, HERE) == [refused.value.message]


def test_without_a_file_there_is_nothing_to_doubt(tmp_path: Path) -> None:
    assert doubts(tmp_path / "client_secrets.json", GOOGLE, HERE) == []


@pytest.mark.parametrize(
    ("listed", "missing"), [(HERE, []), (HERE[:1], HERE[1:]), ([], []), (["http://x/"], HERE)]
)
def test_a_redirect_uri_that_the_file_does_not_list_is_told(
    tmp_path: Path, listed: list[str], missing: list[str]
) -> None:
    file = secrets_file(tmp_path, {"web": {**WEB, "redirect_uris": listed}})
    told = doubts(file, GOOGLE, HERE)
    assert [uri for uri in HERE if any(uri in doubt for doubt in told)] == missing
    assert len(told) == len(missing)
