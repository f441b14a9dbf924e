"""Hostile pictures and tracks over HTTP: cheap verdicts, flat memory, no one else delayed."""

from __future__ import annotations

import logging
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil
import pytest

from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from tests import ROOT
from tests.api.conftest import picture, tone
from tests.journey.server import Server, Visitor, serving, visiting
from tests.media.cases import ACCEPT, Case
from tests.media.decompression_bombs import BOMBS
from tests.media.files_that_reach_out import REACHING
from tests.media.hostile_covers import COVERS
from tests.media.hostile_pictures import HOSTILE_PICTURES
from tests.media.media_factory import CountingServer, MediaFactory
from tests.media.odd_files import ODD
from tests.patience import wait_until

log = logging.getLogger(__name__)
pytestmark = pytest.mark.soak

TRACKS = [*REACHING, *BOMBS, *COVERS, *ODD]
VERDICT_CPU_S = 10.0
GROWTH_MB = 50.0
SLOWER = 3.0  # twice on a quiet machine
STOP_S = 10.0
#: Uploads of an ordinary user, with and without hostile ones beside them.
TIMES = 5


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaFactory]:
    shop = MediaFactory(find_ffmpeg(None), tmp_path_factory.mktemp("factory"))
    shop.lay_canaries()
    server = CountingServer((shop.tenant / "canary.mp3").read_bytes())
    shop.url, shop.server = server.url, server
    yield shop
    server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "storage", MAX_TRACK_S="300") as server:
        yield server


@dataclass
class Meter:
    """The processor time of the API with its processes, and its memory."""

    api: psutil.Process

    def cpu_s(self) -> float:
        times = self.api.cpu_times()
        return times.user + times.system + times.children_user + times.children_system

    def rss_mb(self) -> float:
        return self.api.memory_info().rss / 1e6


def send(visitor: Visitor, case: Case, content: bytes) -> httpx2.Response:
    if case in HOSTILE_PICTURES:
        return visitor.ask("POST", "/uploads/image", files={"file": ("p.png", content)})
    return visitor.ask("POST", "/uploads/tracks", files=[("files", ("a.mp3", content))])


def verdict(answer: httpx2.Response) -> str:
    if answer.status_code == 201:
        return ACCEPT
    assert answer.status_code == 422, answer.text
    return str(answer.json()["error"]["code"])


def test_every_hostile_file_gets_a_cheap_verdict_in_flat_memory(
    shop: MediaFactory, server: Server
) -> None:
    with visiting(server, "mallory@example.org") as mallory:
        for _ in range(3):  # the first uploads load modules
            ordinary_picture(mallory)
            ordinary_track(mallory)
        meter = Meter(psutil.Process(server.process.pid))
        start_mb, most_mb, wrong, costs = meter.rss_mb(), 0.0, [], {}
        for case in [*HOSTILE_PICTURES, *TRACKS]:
            content, hits, start_s = case.make(shop), shop.server.hits, meter.cpu_s()
            code = verdict(send(mallory, case, content))
            costs[str(case)] = meter.cpu_s() - start_s
            most_mb = max(most_mb, meter.rss_mb())
            assert shop.server.hits == hits, case
            if code not in case.verdicts:
                wrong.append((str(case), code))
        end_mb = meter.rss_mb()
    worst = sorted(costs.items(), key=lambda cost: -cost[1])[:8]
    log.info("%d files; memory %.0f -> %.0f, most %.0f MB", len(costs), start_mb, end_mb, most_mb)
    log.info("most processor time: %s", worst)
    assert wrong == []
    assert worst[0][1] <= VERDICT_CPU_S
    assert end_mb - start_mb <= GROWTH_MB


def ordinary_picture(visitor: Visitor) -> None:
    visitor.upload_picture(picture(1280, 720))


def ordinary_track(visitor: Visitor) -> None:
    content = tone(440.0, seconds=30.0)
    answer = visitor.ask("POST", "/uploads/tracks", files=[("files", ("a.wav", content))])
    assert answer.status_code == 201, answer.text


def usual_s(visitor: Visitor, upload: Callable[[Visitor], None]) -> float:
    """The median time of an upload."""
    took = []
    for _ in range(TIMES):
        start_s = time.monotonic()
        upload(visitor)
        took.append(time.monotonic() - start_s)
    return statistics.median(took)


#: Pictures and tracks of several seconds of processor time, or of 40 megapixels.
WORST = ("c39", "j02", "c40", "j28", "c41", "w05", "b22", "p02")


@contextmanager
def besieged(server: Server, folder: Path) -> Iterator[None]:
    """Another user, from a process that yields to all others, sends hostile files."""
    command = [sys.executable, "-m", "tests.faults.besiege", str(server.port), str(folder)]
    attack = subprocess.Popen(command, cwd=ROOT)
    try:
        incoming = server.storage / "incoming"
        wait_until(lambda: len(list(incoming.iterdir())) >= 4)
        yield
    finally:
        attack.kill()
        attack.wait()


@pytest.fixture
def worst_files(shop: MediaFactory, tmp_path: Path) -> Path:
    (folder := tmp_path / "hostile").mkdir()
    for case in (*HOSTILE_PICTURES, *BOMBS, *COVERS):
        if case.id in WORST:
            kind = "picture" if case in HOSTILE_PICTURES else "track"
            (folder / f"{WORST.index(case.id)} {kind}").write_bytes(case.make(shop))
    return folder


def test_server_stops_at_once_though_both_pools_are_busy(server: Server, worst_files: Path) -> None:
    with besieged(server, worst_files):
        start_s = time.monotonic()
        server.stop(signal.SIGTERM)
        stop_s = time.monotonic() - start_s
    log.info("stopped after %.1f s", stop_s)
    assert stop_s <= STOP_S


def test_other_users_are_hardly_delayed(server: Server, worst_files: Path) -> None:
    with visiting(server, "ann@example.org") as ann:
        alone_s = {u.__name__: usual_s(ann, u) for u in (ordinary_picture, ordinary_track)}
        with besieged(server, worst_files):
            busy_s = {u.__name__: usual_s(ann, u) for u in (ordinary_picture, ordinary_track)}
    log.info("alone %s, beside hostile files %s", alone_s, busy_s)
    for name, took_s in busy_s.items():
        assert took_s <= SLOWER * alone_s[name], name
