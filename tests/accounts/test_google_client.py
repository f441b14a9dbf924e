"""Who Segue is to Google, and what Google may call itself."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from backend.app.accounts.google_client import GoogleClient
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
