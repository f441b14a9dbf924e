from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.loudness import LoudnessMeter
from backend.app.dsp.loudness_range import loudness_range_lu
from tests.sounds import sine


def range_of(*levels_dbfs: float, seconds: float = 20.0) -> float:
    """Of tones of 1 kHz, one after the other, each 20 s: how EBU Tech 3342 tests a meter."""
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
def test_the_signals_of_the_standard_read_as_it_says(levels_dbfs, expected_lu) -> None:
    assert range_of(*levels_dbfs) == pytest.approx(expected_lu, abs=1.0)


def test_silence_and_short_sounds_have_no_range() -> None:
    assert loudness_range_lu(np.zeros(100)) == 0.0
    assert range_of(-20.0, seconds=2.0) == 0.0
