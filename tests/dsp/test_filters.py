from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.filters import LowPassFilter, low_pass
from tests.sounds import noise, rms_db, sine


def test_a_tone_below_the_cutoff_passes_and_one_above_goes() -> None:
    bass, treble = sine(1.0, 100), sine(1.0, 8000)
    # 0.1 dB: a 2nd-order Butterworth at a tenth of its cutoff
    assert rms_db(low_pass(bass, 1000)) == pytest.approx(rms_db(bass), abs=0.1)
    # three octaves at 12 dB each
    assert rms_db(low_pass(treble, 1000)) < rms_db(treble) - 34


def test_the_cutoff_is_where_three_decibels_are_gone() -> None:
    tone = sine(2.0, 1000)
    settled = low_pass(tone, 1000)[:, 44100:]
    assert rms_db(settled) == pytest.approx(rms_db(tone) - 3.01, abs=0.1)


def test_blocks_of_any_size_give_the_samples_of_the_whole() -> None:
    sound = noise(1.0, seed=3)
    stream = LowPassFilter(1000)
    pieces = [stream.process(part) for part in np.split(sound, [1, 100, 5000, 32768], axis=1)]
    assert np.array_equal(np.concatenate(pieces, axis=1), low_pass(sound, 1000))


def test_channels_are_filtered_each_by_itself() -> None:
    sound = noise(0.5, seed=4)
    left = low_pass(sound[:1], 1000)
    assert np.array_equal(low_pass(sound, 1000)[:1], left)
