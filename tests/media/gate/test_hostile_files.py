"""Each hostile or odd file gets its expected verdict, within limits."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from backend.app.errors import RejectedFile
from backend.app.media.admit_track import AdmittedTrack, admit_track
from backend.app.media.gate.limits import GateLimits
from backend.app.media.gate.rejections import REJECTION_CODES
from backend.app.media.normal_form import TrackReader

from ..cases import ACCEPT, Case
from ..decompression_bombs import BOMBS
from ..files_that_reach_out import REACHING
from ..hostile_covers import COVERS
from ..hostile_pictures import HOSTILE_PICTURES
from ..media_factory import CANARY_HZ, RATE, MediaFactory
from ..odd_files import ODD

TRACKS = [*REACHING, *BOMBS, *COVERS, *ODD]
# Every child process runs with this limit of memory.
LIMITS = GateLimits(max_track_s=300.0, max_memory_bytes=600 << 20)
# A verdict may cost as much CPU time as this many plain tracks of a minute on the same machine;
# seconds would measure the machine. Five minutes of sound, the most that is decoded here, cost 3;
# a parser that reads its file over and over costs thousands.
VERDICT_TRACKS = 150
OUTPUT_BYTES = 400 << 20


def cpu_s() -> float:
    """CPU time of this process and its children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.fixture(scope="session")
def most_cpu_s(shop: MediaFactory, tmp_path_factory: pytest.TempPathFactory) -> float:
    """CPU time allowed for a verdict on this machine, relative to a plain minute of music."""
    folder = tmp_path_factory.mktemp("plain")
    source = folder / "plain"
    source.write_bytes(shop.mp3(duration_s=60.0))
    start_s = cpu_s()
    admit_track(source, workdir=folder, ffmpeg=shop.ffmpeg, limits=LIMITS)
    return VERDICT_TRACKS * (cpu_s() - start_s)


def verdict(
    case: Case, shop: MediaFactory, job: Path, most_cpu_s: float
) -> tuple[str, AdmittedTrack | None]:
    source = job / "0f1e2d3c4b5a"
    source.write_bytes(case.make(shop))
    hits = shop.server.hits
    start_s = cpu_s()
    try:
        track = admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=LIMITS)
        code = ACCEPT
    except RejectedFile as e:
        track, code = None, e.code
        assert code in REJECTION_CODES
        assert e.message.endswith(".") and e.hint.endswith(".")
        assert "{" not in e.message
    assert cpu_s() - start_s < most_cpu_s
    assert shop.server.hits == hits
    return code, track


def canary_share(track: AdmittedTrack) -> float:
    """Share of a track's power at the other tenant's tone."""
    with TrackReader(track.path) as reader:
        mono = reader.read(0, reader.n_samples).mean(axis=0)
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
    bin_hz = RATE / len(mono)
    near = slice(int((CANARY_HZ - 20) / bin_hz), int((CANARY_HZ + 20) / bin_hz))
    return float(power[near].sum() / power.sum())


@pytest.mark.parametrize("case", TRACKS, ids=str)
def test_hostile_track_gets_its_verdict(
    case: Case, shop: MediaFactory, job: Path, most_cpu_s: float
) -> None:
    code, track = verdict(case, shop, job, most_cpu_s)
    assert code in case.verdicts
    left = {path for path in job.iterdir() if path.name != "0f1e2d3c4b5a"}
    assert sum(path.stat().st_size for path in left) < OUTPUT_BYTES
    if track is None:
        assert left == set()
    else:
        # 1 %: noise over the whole spectrum has 0.2 % there; the canary alone 100 %
        assert canary_share(track) < 0.01


def test_cases_cover_twenty_rejection_codes() -> None:
    expected = {code for case in [*TRACKS, *HOSTILE_PICTURES] for code in case.verdicts[:1]}
    assert len(expected - {ACCEPT}) >= 20


def test_slow_file_is_stopped_and_rejected(shop: MediaFactory, job: Path) -> None:
    source = job / "s"
    source.write_bytes(shop.mp3())
    with pytest.raises(RejectedFile) as rejected:
        admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=GateLimits(timeout_s=0.001))
    assert rejected.value.code in ("takes_too_long", "damaged")
