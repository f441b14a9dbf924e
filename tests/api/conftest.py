"""Fixtures for API tests: a server for each test, two users, sounds to upload."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from starlette.routing import BaseRoute

from backend.app import main
from backend.app.accounts import passwords
from backend.app.jobs.processes.launcher import Launcher
from backend.app.services import health
from backend.app.settings import Settings
from backend.app.wiring.jobs import executor
from tests.jobs.pipelines import CHAIN
from tests.jobs.processes.shared_launcher import SharedLauncher

PASSWORD = "correct horse battery"
MIXTAPE = executor.PIPELINES["mixtape"]


@pytest.fixture(scope="session", autouse=True)
def routes_analysed_once() -> Iterator[None]:
    """Share routes between apps, as FastAPI would analyse them for each app, in 40 ms."""
    include, included = FastAPI.include_router, dict[int, BaseRoute]()

    def include_known(app: FastAPI, router: APIRouter) -> None:
        if id(router) not in included:
            include(app, router)
            included[id(router)] = app.router.routes[-1]
        else:
            app.router.routes.append(included[id(router)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FastAPI, "include_router", include_known)
        yield


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """One launcher for the jobs of all tests, as importing the product takes two seconds."""
    launcher = executor.build_launcher({**executor.PIPELINES, "test": CHAIN})
    yield SharedLauncher(launcher, tmp_path_factory.mktemp("launcher"))
    launcher.close()


@pytest.fixture(scope="package", autouse=True)
def light_server(launcher: Launcher) -> Iterator[None]:
    """Make servers start quickly, and let mixtape jobs run test steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY_KIB", 8)  # the tests sign in hundreds of times
        patch.setattr(passwords, "PASSES", 1)
        patch.setattr(main, "set_up_logs", lambda: None)  # it would remove pytest's handlers
        patch.setattr(health, "ffmpeg_version", cache(health.ffmpeg_version))
        patch.setattr(executor, "build_launcher", lambda *_: launcher)
        patch.setattr(executor, "NICENESS", dict.fromkeys(executor.NICENESS, 0))
        chain = {"mixtape": "tests.jobs.pipelines:mixtape_chain"}
        patch.setattr(executor, "PIPELINES", {**executor.PIPELINES, **chain})
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, storage_root=tmp_path / "storage")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with serving(settings) as opened:
        yield opened


@contextmanager
def serving(settings: Settings) -> Iterator[TestClient]:
    """A client of a new server."""
    with TestClient(main.create_app(settings), base_url="http://localhost:8000") as opened:
        yield opened


@dataclass(frozen=True)
class Person:
    """A signed-in user."""

    client: TestClient
    tokens: dict[str, str]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def send_tracks(self, *files: tuple[str, bytes], **fields: str):
        parts = [("files", file) for file in files]
        return self.client.post("/uploads/tracks", files=parts, data=fields, headers=self.headers)

    def send_image(self, content: bytes, name: str = "p.png"):
        return self.client.post(
            "/uploads/image", files={"file": (name, content)}, headers=self.headers
        )

    def get(self, path: str, **headers: str):
        return self.client.get(path, headers={**self.headers, **headers})


@pytest.fixture(scope="module")
def rejected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A user for all tests of a file whose requests are rejected and leave nothing behind."""
    folder = tmp_path_factory.mktemp("rejected")
    with serving(Settings(_env_file=None, storage_root=folder)) as client:
        yield register(client, "rejected@example.org")


@pytest.fixture
def sign_up(client: TestClient) -> Callable[[str], Person]:
    return partial(register, client)


def register(client: TestClient, email: str) -> Person:
    """Create an account."""
    answer = client.post("/auth/register", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return Person(client, answer.json())


@pytest.fixture
def alice(sign_up: Callable[[str], Person]) -> Person:
    return sign_up("alice@example.org")


@pytest.fixture
def bob(alice: Person, sign_up: Callable[[str], Person]) -> Person:
    return sign_up("bob@example.org")


def tone(hz: float = 440.0, *, seconds: float = 2.0) -> bytes:
    """Return a WAV of a sine that passes the gate."""
    t = np.arange(int(44_100 * seconds)) / 44_100
    wave = 0.3 * np.sin(2 * np.pi * hz * t)
    out = io.BytesIO()
    soundfile.write(out, np.column_stack([wave, wave]), 44_100, format="WAV", subtype="PCM_16")
    return out.getvalue()


def picture(width: int = 320, height: int = 180) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (30, 60, 90)).save(out, "PNG")
    return out.getvalue()
