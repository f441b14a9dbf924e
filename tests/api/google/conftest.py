"""Fixtures: an API with a local OpenID provider, and browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from backend.app.accounts.sign_in import utc_now
from backend.app.main import create_app
from backend.app.settings import Settings
from tests.api.google.browser import Browser
from tests.api.wire import served
from tests.oidc.running import Provider, provider_running, write_client_secrets


@pytest.fixture(scope="session")
def one_provider() -> Iterator[Provider]:
    with provider_running() as running:
        yield running


@pytest.fixture
def provider(one_provider: Provider) -> Provider:
    """A provider that behaves correctly at first."""
    one_provider.cheat()
    return one_provider


@pytest.fixture
def settings(tmp_path: Path, provider: Provider) -> Settings:
    return settings_for(provider, tmp_path)


def settings_for(provider: Provider, folder: Path) -> Settings:
    """Settings for sign-in at this provider."""
    return Settings(
        _env_file=None,
        storage_root=folder / "storage",
        google_client_secrets=write_client_secrets(folder),
        google_issuer=provider.issuer,
    )


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
def port(app: FastAPI) -> Iterator[int]:
    with served(app) as port:
        yield port


@pytest.fixture
def new_browser(port: int) -> Iterator[Callable[[], Browser]]:
    opened: list[Browser] = []

    def open_one() -> Browser:
        opened.append(Browser(port))
        return opened[-1]

    yield open_one
    for one in opened:
        one.http.close()


@pytest.fixture
def visitor(new_browser: Callable[[], Browser]) -> Browser:
    return new_browser()


@pytest.fixture
def later(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Advance the clock of one-time codes by some seconds."""

    def move(seconds: float) -> None:
        service = app.state.services.sign_in.google
        monkeypatch.setattr(service, "_now", lambda: utc_now() + timedelta(seconds=seconds))

    return move
