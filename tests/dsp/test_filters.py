from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

import numpy as np
import pytest

from backend.app.dsp.filters import (
    SWEEP_STEP,
    HighPassFilter,
    HighShelfFilter,
    LowPassFilter,
    LowShelfFilter,
    SweptFilter,
    low_pass,
    sweep,
)
from backend.app.dsp.samples import Samples
from tests.sounds import SR, noise, peak_db, rms_db, sine


class Filter(Protocol):
    def process(self, block: Samples) -> Samples: ...


def change_db(made: Filter, hz: float) -> float:
    """Change of a tone's level by a filter, once it has settled."""
    tone = sine(1.0, hz)
    return rms_db(made.process(tone)[:, SR // 2 :]) - rms_db(tone)


def test_low_pass_keeps_low_tones_and_removes_high_ones() -> None:
    bass, treble = sine(1.0, 100), sine(1.0, 8000)
    # 0.1 dB: the loss of a second-order Butterworth at a tenth of its cutoff.
    assert rms_db(low_pass(bass, 1000)) == pytest.approx(rms_db(bass), abs=0.1)
    # Three octaves at 12 dB each.
    assert rms_db(low_pass(treble, 1000)) < rms_db(treble) - 34


def test_cutoff_attenuates_by_3_db() -> None:
    tone = sine(2.0, 1000)
    settled = low_pass(tone, 1000)[:, 44100:]
    assert rms_db(settled) == pytest.approx(rms_db(tone) - 3.01, abs=0.1)


FILTERS: dict[str, Callable[[], Filter]] = {
    "low-pass": lambda: LowPassFilter(1000),
    "high-pass": lambda: HighPassFilter(200),
    "low shelf": lambda: LowShelfFilter(120, -26),
    "high shelf": lambda: HighShelfFilter(13000, -12),
    "swept low-pass": lambda: SweptFilter("low_pass", sweep(15000, 300, begin=0, end=SR // 2)),
    "swept high-pass": lambda: SweptFilter("high_pass", sweep(40, 1500, begin=99, end=SR // 2)),
}


@pytest.mark.parametrize("make", FILTERS.values(), ids=FILTERS.keys())
def test_blocks_of_any_size_give_the_samples_of_the_whole(make: Callable[[], Filter]) -> None:
    sound = noise(1.0, seed=3)
    stream = make()
    pieces = [stream.process(part) for part in np.split(sound, [1, 100, 100, 5000, 32768], axis=1)]
    assert np.array_equal(np.concatenate(pieces, axis=1), make().process(sound))


def test_bass_cut_removes_bass_and_keeps_voice() -> None:
    # Kick and bass line lie below 80 Hz; 20 dB softer, the other track's mask them.
    assert max(change_db(LowShelfFilter(120, -26), hz) for hz in (40, 60, 80)) < -20
    assert min(change_db(LowShelfFilter(120, -26), hz) for hz in (300, 1000, 8000)) > -1
    assert change_db(LowShelfFilter(120, -26), 120) == pytest.approx(-13, abs=0.1)


def test_high_shelf_attenuates_only_highs() -> None:
    assert change_db(HighShelfFilter(13000, -12), 18000) < -10
    assert change_db(HighShelfFilter(13000, -12), 13000) == pytest.approx(-6, abs=0.1)
    assert change_db(HighShelfFilter(13000, -12), 5000) > -0.5


def test_high_pass_falls_12_db_an_octave() -> None:
    assert change_db(HighPassFilter(400), 400) == pytest.approx(-3.01, abs=0.1)
    assert change_db(HighPassFilter(400), 50) == pytest.approx(-36, abs=0.5)
    assert change_db(HighPassFilter(400), 4000) == pytest.approx(0, abs=0.1)


def test_shelf_blended_with_dry_sound_is_milder() -> None:
    tone = sine(1.0, 120)
    wet = LowShelfFilter(120, -26).process(tone)
    levels = [
        rms_db((tone + np.float32(share) * (wet - tone))[:, SR // 2 :])
        for share in np.linspace(0, 1, 11)
    ]
    # Two decibels of cancellation at the worst frequency, and never louder than unfiltered.
    assert all(later < earlier + 2 for earlier, later in pairwise(levels))
    assert max(levels) == levels[0]


def test_sweep_is_even_in_octaves_then_holds() -> None:
    cutoffs = sweep(100, 1600, begin=SR, end=3 * SR)
    # Half a step of 1.5 ms is 0.1 % of an octave.
    at = {second: cutoffs[second * SR // SWEEP_STEP] for second in (0, 1, 2)}
    assert at == pytest.approx({0: 100, 1: 100, 2: 400}, rel=0.01)
    swept = SweptFilter("high_pass", cutoffs)
    swept.process(sine(4.0, 100))
    # Four octaves at 12 dB below the last cutoff
    assert change_db(swept, 100) == pytest.approx(-48, abs=0.5)


def test_moving_cutoff_adds_no_artefacts() -> None:
    swept = SweptFilter("high_pass", sweep(40, 1500, begin=0, end=2 * SR))
    heard = swept.process(sine(2.0, 100))[:, SR // 10 :]
    clicks = HighPassFilter(4000).process(HighPassFilter(4000).process(heard))
    # The tone itself is at -128 dB at these frequencies; steps of 12 ms would cause -65 dB.
    assert peak_db(clicks[:, SR // 10 :]) < -80


def test_channels_are_filtered_independently() -> None:
    sound = noise(0.5, seed=4)
    left = low_pass(sound[:1], 1000)
    assert np.array_equal(low_pass(sound, 1000)[:1], left)


@pytest.mark.parametrize(("asked_hz", "hz"), [(30_000.0, 20_000.0), (2.0, 10.0)])
def test_sweeps_stay_between_10_hz_and_20_khz(asked_hz: float, hz: float) -> None:
    sound = noise(0.02, seed=5)
    for kind in ("low_pass", "high_pass"):
        beyond, within = (SweptFilter(kind, np.array([at])) for at in (asked_hz, hz))
        assert np.array_equal(beyond.process(sound), within.process(sound))
