"""Fixtures: an API with a local Google server, and browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from backend.app.settings import Settings
from tests.publishing.stand_ins.google import Google

from ..conftest import Person
from .trips import Browser, browser_of


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as google:
        yield google


@pytest.fixture
def settings(tmp_path: Path, google: Google) -> Settings:
    return Settings(
        _env_file=None,
        storage_root=tmp_path / "storage",
        tokens_encryption_key=SecretStr("canary-encryption-key-0123456789abcdef"),
        google_client_secrets=google.secrets_file(tmp_path),
        google_issuer=google.url,
        youtube_api_base=google.url,
    )


@pytest.fixture
def ada(alice: Person, google: Google) -> Browser:
    return browser_of(alice, google)


@pytest.fixture
def mallory(bob: Person, google: Google) -> Browser:
    return browser_of(bob, google)


@pytest.fixture
def signed_out(client: TestClient, google: Google) -> Browser:
    return Browser(client, google, None, None)
