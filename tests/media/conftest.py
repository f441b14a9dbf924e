from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.media.ffmpeg import find_ffmpeg

from .workshop import CountingServer, Workshop


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    return find_ffmpeg(None)


@pytest.fixture(scope="session")
def shop(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """A workshop with another tenant's music, and a web server that counts visits."""
    workshop = Workshop(ffmpeg, tmp_path_factory.mktemp("workshop"))
    workshop.lay_canaries()
    server = CountingServer((workshop.tenant / "canary.mp3").read_bytes())
    workshop.url, workshop.server = server.url, server
    yield workshop
    server.stop()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """The private folder of one upload."""
    folder = tmp_path / "job"
    folder.mkdir()
    return folder
