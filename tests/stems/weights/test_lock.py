"""Simultaneous requests for the same weights download them once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.app.stems.weights import hub as weights_hub
from backend.app.stems.weights.available import fetch_weights, is_ready
from backend.app.stems.weights.lock import download_lock
from tests import ROOT
from tests.patience import wait_until

from ..hub_stand_in import Hub, hub
from ..tiny_demucs import tiny_hub

FILES = ["htdemucs0.safetensors", "htdemucs1.safetensors"]
# Fetches in a separate process.
FETCH = """
import sys
from pathlib import Path
from backend.app.stems.weights import hub as weights_hub
from backend.app.stems.weights.available import fetch_weights
weights_hub._CHUNK_BYTES = 4096
fetch_weights("htdemucs", Path(sys.argv[1]), lambda _: None, lambda _: None)
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    published = tiny_hub(tmp_path / "published", "htdemucs", bag=((1, 0, 1, 0), (0, 1, 0, 1)))
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the test's files are small
    with hub(HTDemucs=published) as here:
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        yield here


def ignore(_: object) -> None:
    pass


# The hub's client stores both under the same name
@pytest.mark.parametrize("other_name", ["htdemucs", "hf://adefossez/htdemucs"])
def test_second_request_waits_and_fetches_nothing(
    server: Hub, tmp_path: Path, other_name: str
) -> None:
    server.bytes_per_s = 3_000.0  # 156 kB: 52 s, unless the second request waits
    words: list[str] = []
    with ThreadPoolExecutor() as people:
        first = people.submit(fetch_weights, "htdemucs", tmp_path, ignore, ignore)
        wait_until(lambda: server.sent)
        second = people.submit(fetch_weights, other_name, tmp_path, ignore, words.append)
        wait_until(lambda: words)
        server.bytes_per_s = None
        first.result()
        second.result()
    assert is_ready(other_name, None, tmp_path)
    assert server.sent == FILES
    assert set(words) == {"waiting for another download of it"}


def test_next_request_continues_after_a_kill(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 3_000.0  # 156 kB: 52 s, so that it is killed in the middle
    words: list[str] = []
    command = [sys.executable, "-c", FETCH, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT) as killed, ThreadPoolExecutor() as people:
        try:
            wait_until(lambda: server.sent)
            second = people.submit(fetch_weights, "htdemucs", tmp_path, ignore, words.append)
            wait_until(lambda: words)
            server.bytes_per_s = None
        finally:
            killed.kill()
        second.result()
    assert is_ready("htdemucs", None, tmp_path)


class Cancelled(Exception):
    """Raised by a job's progress callback."""


def test_waiting_request_can_be_cancelled(tmp_path: Path) -> None:
    def cancelled(_: float) -> None:
        raise Cancelled

    with (
        download_lock("htdemucs", tmp_path, ignore, ignore),
        pytest.raises(Cancelled),
        download_lock("htdemucs", tmp_path, cancelled, ignore),
    ):
        pass
    with download_lock("htdemucs", tmp_path, cancelled, ignore):  # the lock is free again
        pass
