"""Two who want the same weights at the same time: one fetches them, both have them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.app.stems import weights_fetch, weights_hub
from backend.app.stems.weights import fetch_weights, is_ready
from backend.app.stems.weights_alone import fetching_alone

from .hub_stand_in import Hub, hub
from .tiny_demucs import tiny_hub

ROOT = Path(__file__).parents[2]
FILES = ["htdemucs0.safetensors", "htdemucs1.safetensors"]
# What fetches in a process of its own.
FETCH = """
import sys
from pathlib import Path
from backend.app.stems import weights_hub
from backend.app.stems.weights import fetch_weights
weights_hub._CHUNK_BYTES = 4096
fetch_weights("htdemucs", Path(sys.argv[1]), lambda _: None, lambda _: None)
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    published = tiny_hub(tmp_path / "published", "htdemucs", bag=((1, 0, 1, 0), (0, 1, 0, 1)))
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the files are small here
    with hub(HTDemucs=published) as here:
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        yield here


def until(happened: Callable[[], object]) -> None:
    """Wait for something, for as long as a slow machine may take to start a process."""
    gives_up = time.monotonic() + 30.0
    while not happened():
        assert time.monotonic() < gives_up
        time.sleep(0.02)


def ignore(_: object) -> None:
    pass


# The hub's client keeps both under the same name
@pytest.mark.parametrize("other_name", ["htdemucs", "hf://adefossez/htdemucs"])
def test_the_second_waits_longer_than_for_a_dead_line_and_fetches_nothing(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other_name: str
) -> None:
    monkeypatch.setattr(weights_fetch, "PATIENCE_S", 0.7)
    server.bytes_per_s = 60_000.0  # 156 kB: 2.6 s
    words: list[str] = []
    with ThreadPoolExecutor() as people:
        first = people.submit(fetch_weights, "htdemucs", tmp_path, ignore, ignore)
        until(lambda: server.sent)
        second = people.submit(fetch_weights, other_name, tmp_path, ignore, words.append)
        first.result()
        second.result()
    assert is_ready(other_name, None, tmp_path)
    assert server.sent == FILES
    assert set(words) == {"somebody else is fetching it"}


def test_where_whoever_fetches_is_killed_the_next_goes_on(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 20_000.0
    words: list[str] = []
    command = [sys.executable, "-c", FETCH, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT) as killed, ThreadPoolExecutor() as people:
        try:
            until(lambda: server.sent)
            second = people.submit(fetch_weights, "htdemucs", tmp_path, ignore, words.append)
            until(lambda: words)
            server.bytes_per_s = None
        finally:
            killed.kill()
        second.result()
    assert is_ready("htdemucs", None, tmp_path)


class Cancelled(Exception):
    """What a job's progress raises."""


def test_whoever_waits_for_another_can_be_cancelled(tmp_path: Path) -> None:
    def cancelled(_: float) -> None:
        raise Cancelled

    with (
        fetching_alone("htdemucs", tmp_path, ignore, ignore),
        pytest.raises(Cancelled),
        fetching_alone("htdemucs", tmp_path, cancelled, ignore),
    ):
        pass
    with fetching_alone("htdemucs", tmp_path, cancelled, ignore):  # nobody has it any more
        pass
