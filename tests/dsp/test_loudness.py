from __future__ import annotations

import math

import numpy as np
import pytest

from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.dsp.samples import Samples
from tests.sounds import noise, silence, sine


def lufs(sound: Samples) -> float:
    meter = LoudnessMeter()
    meter.push(sound)
    return integrated_lufs(meter.energies)


def test_a_997_hz_sine_in_one_channel_reads_3_lu_under_its_peak() -> None:
    # BS.1770-4: 0 dBFS at 997 Hz in one front channel reads -3.01 LUFS
    tone = sine(5.0, 997, peak_db=-20.0)
    tone[1] = 0.0
    assert lufs(tone) == pytest.approx(-23.01, abs=0.05)


def test_the_same_sine_in_both_channels_is_3_lu_louder() -> None:
    # EBU Tech 3341 case 1: stereo 1 kHz at -23 dBFS reads -23 LUFS, +-0.1 LU
    assert lufs(sine(20.0, 1000, peak_db=-23.0)) == pytest.approx(-23.0, abs=0.1)


def test_quiet_passages_do_not_count() -> None:
    # EBU Tech 3341 case 3: -36 dBFS for 10 s, -23 for 60 s, -36 for 10 s reads -23 LUFS
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
