"""An API of its own for each test, two people to use it, and sounds to send."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient
from PIL import Image

from backend.app import main
from backend.app.accounts import passwords
from backend.app.services import kinds
from backend.app.settings import Settings

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 at its smallest: the tests sign in hundreds of times."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(passwords, "PASSES", 1)
    monkeypatch.setattr(main, "set_up_logs", lambda: None)  # it would take pytest's handlers away


@pytest.fixture(autouse=True)
def short_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mixtape's child takes the steps of a test, not those of a mix."""
    chain = {"mixtape": "tests.jobs.pipelines:mixtape_chain"}
    monkeypatch.setattr(kinds, "PIPELINES", {**kinds.PIPELINES, **chain})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, storage_root=tmp_path / "storage")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(main.create_app(settings), base_url="http://localhost:8000") as opened:
        yield opened


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

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


@pytest.fixture
def sign_up(client: TestClient) -> Callable[[str], Person]:
    def register(email: str) -> Person:
        answer = client.post("/auth/register", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return Person(client, answer.json())

    return register


@pytest.fixture
def alice(sign_up: Callable[[str], Person]) -> Person:
    return sign_up("alice@example.org")


@pytest.fixture
def bob(alice: Person, sign_up: Callable[[str], Person]) -> Person:
    return sign_up("bob@example.org")


def tone(hz: float = 440.0, *, seconds: float = 2.0) -> bytes:
    """A WAV of a sine, which the gate lets in."""
    t = np.arange(int(44_100 * seconds)) / 44_100
    wave = 0.3 * np.sin(2 * np.pi * hz * t)
    out = io.BytesIO()
    soundfile.write(out, np.column_stack([wave, wave]), 44_100, format="WAV", subtype="PCM_16")
    return out.getvalue()


def picture(width: int = 320, height: int = 180) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (30, 60, 90)).save(out, "PNG")
    return out.getvalue()
