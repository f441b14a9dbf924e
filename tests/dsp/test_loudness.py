from __future__ import annotations

import math

import numpy as np
import pytest

from backend.app.dsp.loudness import (
    Energies,
    LoudnessMeter,
    energy_of_lufs,
    integrated_lufs,
    loudness_range_lu,
)
from backend.app.dsp.samples import Samples
from tests.sounds import noise, silence, sine


def lufs(sound: Samples) -> float:
    meter = LoudnessMeter()
    meter.push(sound)
    return integrated_lufs(meter.energies)


def test_a_997_hz_sine_in_one_channel_reads_3_lu_under_its_peak() -> None:
    # BS.1770-4: a tone of 0 dBFS at 997 Hz in one front channel measures -3.01 LUFS.
    tone = sine(5.0, 997, peak_db=-20.0)
    tone[1] = 0.0
    assert lufs(tone) == pytest.approx(-23.01, abs=0.05)


def test_the_same_sine_in_both_channels_is_3_lu_louder() -> None:
    # EBU Tech 3341, case 1: stereo 1 kHz at -23 dBFS measures -23 LUFS, +-0.1 LU.
    assert lufs(sine(20.0, 1000, peak_db=-23.0)) == pytest.approx(-23.0, abs=0.1)


def test_quiet_passages_are_gated() -> None:
    # EBU Tech 3341, case 3: -36 dBFS for 10 s, -23 for 60 s, -36 for 10 s measures -23 LUFS.
    edge, body = sine(10.0, 1000, peak_db=-36.0), sine(60.0, 1000, peak_db=-23.0)
    assert lufs(np.concatenate([edge, body, edge], axis=1)) == pytest.approx(-23.0, abs=0.1)


def test_silence_has_no_loudness() -> None:
    assert lufs(silence(2.0)) == -math.inf
    assert integrated_lufs(np.zeros(0)) == -math.inf


def test_blocks_of_any_size_give_the_energies_of_the_whole() -> None:
    sound = noise(2.0, seed=1)
    whole, parts = LoudnessMeter(), LoudnessMeter()
    whole.push(sound)
    for part in np.split(sound, [10, 4410, 9000, 50_000], axis=1):
        parts.push(part)
    # 1e-6: float32 filtering, summed in another order
    assert parts.energies == pytest.approx(whole.energies, rel=1e-6)


def range_of(*levels_dbfs: float, seconds: float = 20.0) -> float:
    """Loudness range of successive tones of 1 kHz, 20 s each, as in EBU Tech 3342's tests."""
    meter = LoudnessMeter()
    for level in levels_dbfs:
        tone = sine(seconds, 1000)
        meter.push((tone / np.abs(tone).max() * 10 ** (level / 20)).astype(np.float32))
    return loudness_range_lu(meter.energies)


# EBU Tech 3342, table 1: the four synthetic signals and their ranges, each +- 1 LU
@pytest.mark.parametrize(
    ("levels_dbfs", "expected_lu"),
    [
        ((-20.0, -30.0), 10.0),
        ((-20.0, -15.0), 5.0),
        ((-40.0, -20.0), 20.0),
        ((-50.0, -35.0, -20.0, -35.0, -50.0), 15.0),
    ],
)
def test_reference_signals_read_as_specified(levels_dbfs, expected_lu) -> None:
    assert range_of(*levels_dbfs) == pytest.approx(expected_lu, abs=1.0)


def test_silence_and_short_sounds_have_zero_range() -> None:
    assert loudness_range_lu(np.zeros(100)) == 0.0
    assert range_of(-20.0, seconds=2.0) == 0.0


def energies(*levels_lufs: float, hops: int = 100) -> Energies:
    """Energies of successive steady levels, each of some 100 ms."""
    return np.repeat([energy_of_lufs(level) for level in levels_lufs], hops)


# BS.1770-4: the absolute gate
@pytest.mark.parametrize(("level_lufs", "expected"), [(-69.9, -69.9), (-70.1, -math.inf)])
def test_loudness_below_minus_70_lufs_is_silence(level_lufs: float, expected: float) -> None:
    assert integrated_lufs(energies(level_lufs)) == pytest.approx(expected, abs=1e-6)


def test_range_ignores_what_lies_below_minus_70_lufs() -> None:
    assert loudness_range_lu(energies(-69.9, -60.0)) == pytest.approx(9.9, abs=0.1)
    assert loudness_range_lu(energies(-70.1, -60.0)) < 9.0


def test_sound_shorter_than_a_gating_block_has_a_loudness() -> None:
    assert integrated_lufs(energies(-20.0, hops=2)) == pytest.approx(-20.0)


def test_loudness_range_is_of_windows_of_3_s() -> None:
    # 2.9 s are shorter than a window; with windows of 2 s these bars would have a range of 7.4 LU.
    steps = energies(-30.0, -10.0, hops=14)
    assert loudness_range_lu(np.append(steps, steps[:1])) == 0.0
    bars = np.tile(energies(-30.0, -20.0, -30.0, -30.0, hops=10), 5)
    assert loudness_range_lu(bars) == pytest.approx(3.98, abs=0.1)
