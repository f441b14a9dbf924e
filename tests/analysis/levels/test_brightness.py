from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.levels.brightness import BrightnessMeter
from backend.app.dsp.samples import Samples
from tests.sounds import noise, sine


def heard(*blocks: Samples) -> tuple[float, float]:
    meter = BrightnessMeter()
    for block in blocks:
        meter.push(block)
    found = meter.finish()
    return found.centroid_hz, found.low_share


def test_centroid_of_tone_and_of_noise() -> None:
    # A bin is 10.8 Hz wide, and the window spreads a tone over its neighbours.
    assert heard(sine(1.0, 2000))[0] == pytest.approx(2000, abs=25)
    assert heard(noise(2.0, seed=1))[0] == pytest.approx(11025, rel=0.01)


def test_low_share_is_a_share_of_power() -> None:
    bass, treble = sine(2.0, 60), sine(2.0, 3000)
    assert heard(bass)[1] > 0.99
    # a power ratio of 1 to 0.25
    assert heard(bass + 0.5 * treble)[1] == pytest.approx(0.8, abs=0.01)


def test_silence_is_ignored() -> None:
    assert heard(np.zeros((2, 44100), np.float32)) == (0.0, 0.0)
    tone = sine(1.0, 2000)
    assert heard(np.zeros((2, 40960), np.float32), tone) == heard(tone)
