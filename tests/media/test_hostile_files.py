"""Every row of RELIABILITY 1a, 1b and 1c gets the verdict that is promised for it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from backend.app.errors import RejectedFile
from backend.app.media.gate import AdmittedTrack, GateLimits, admit_track
from backend.app.media.images import admit_image
from backend.app.media.normal_form import TrackReader
from backend.app.media.refusals import REFUSAL_CODES

from .bombs import BOMBS, PICTURE_BOMBS
from .cases import ACCEPT, Case
from .odd import ODD
from .reaching import REACHING
from .workshop import CANARY_HZ, RATE, Workshop

TRACKS = [*REACHING, *BOMBS, *ODD]
# Every child runs under this address space, so none can have used more memory.
LIMITS = GateLimits(max_memory_bytes=600 << 20)
# Processor time, ours and the children's; on the clock it depends on who else is at work.
VERDICT_CPU_S = 10.0
OUTPUT_BYTES = 400 << 20


def cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def verdict(case: Case, shop: Workshop, job: Path) -> tuple[str, AdmittedTrack | None]:
    source = job / "0f1e2d3c4b5a"
    source.write_bytes(case.make(shop))
    hits = shop.server.hits
    start_s = cpu_s()
    try:
        track = admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=LIMITS)
        code = ACCEPT
    except RejectedFile as e:
        track, code = None, e.code
        assert code in REFUSAL_CODES
        assert e.message.endswith(".") and e.hint.endswith(".")
        assert "{" not in e.message
    assert cpu_s() - start_s < VERDICT_CPU_S
    assert shop.server.hits == hits
    return code, track


def canary_share(track: AdmittedTrack) -> float:
    """How much of a track's power lies at the other tenant's tone."""
    with TrackReader(track.path) as reader:
        mono = reader.read(0, reader.n_samples).mean(axis=0)
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
    bin_hz = RATE / len(mono)
    near = slice(int((CANARY_HZ - 20) / bin_hz), int((CANARY_HZ + 20) / bin_hz))
    return float(power[near].sum() / power.sum())


@pytest.mark.parametrize("case", TRACKS, ids=str)
def test_hostile_track_gets_its_verdict(case: Case, shop: Workshop, job: Path) -> None:
    code, track = verdict(case, shop, job)
    assert code in case.verdicts
    kept = {path for path in job.iterdir() if path.name != "0f1e2d3c4b5a"}
    assert sum(path.stat().st_size for path in kept) < OUTPUT_BYTES
    if track is None:
        assert kept == set()
    else:
        # 1 %: noise that fills the spectrum puts 0.2 % there; the canary alone is 100 %
        assert canary_share(track) < 0.01


@pytest.mark.parametrize("case", PICTURE_BOMBS, ids=str)
def test_hostile_picture_gets_its_verdict(case: Case, shop: Workshop, job: Path) -> None:
    source = job / "a%d.png"
    source.write_bytes(case.make(shop))
    start_s = cpu_s()
    with pytest.raises(RejectedFile) as refused:
        admit_image(source, into=job)
    assert cpu_s() - start_s < VERDICT_CPU_S
    assert refused.value.code in case.verdicts
    assert list(job.iterdir()) == [source]


def test_refusals_tell_apart_twenty_reasons() -> None:
    promised = {code for case in [*TRACKS, *PICTURE_BOMBS] for code in case.verdicts[:1]}
    assert len(promised - {ACCEPT}) >= 20


def test_a_file_that_takes_too_long_is_given_up(shop: Workshop, job: Path) -> None:
    source = job / "s"
    source.write_bytes(shop.mp3())
    with pytest.raises(RejectedFile) as refused:
        admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=GateLimits(timeout_s=0.001))
    assert refused.value.code in ("takes_too_long", "damaged")
