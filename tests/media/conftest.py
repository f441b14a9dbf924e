from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg

from .media_factory import CountingServer, MediaFactory


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    return find_ffmpeg(None)


@pytest.fixture(scope="session")
def shop(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaFactory]:
    """A media factory, with another tenant's music and a web server that counts requests."""
    factory = MediaFactory(ffmpeg, tmp_path_factory.mktemp("factory"))
    factory.lay_canaries()
    server = CountingServer((factory.tenant / "canary.mp3").read_bytes())
    factory.url, factory.server = server.url, server
    yield factory
    server.stop()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """The private folder of one upload."""
    folder = tmp_path / "job"
    folder.mkdir()
    return folder
