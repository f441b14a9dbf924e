"""Offsets, levels and correlation of two channels."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.channels import ChannelStats, fold_down
from backend.app.dsp.dc_offset import DcRemover
from tests.sounds import SR, noise, sine


def stats(sound: np.ndarray) -> ChannelStats:
    found = ChannelStats()
    for start in range(0, sound.shape[1], 10_000):
        found.add(sound[:, start : start + 10_000].T)
    return found


def test_offsets_and_levels_are_measured_by_channel() -> None:
    sound = sine(2.0, 440, peak_db=-6.0206) + np.float32([[0.25], [-0.1]])
    assert stats(sound).offsets == pytest.approx([0.25, -0.1], abs=1e-3)
    assert stats(sound).deviations == pytest.approx([0.3536, 0.3536], abs=1e-3)


# The correlation of independent noise over 2 s varies by 0.01.
@pytest.mark.parametrize(("right", "correlation"), [(1.0, 1.0), (-0.5, -1.0), (0.0, 1.0)])
def test_correlation_of_copies(right: float, correlation: float) -> None:
    left = noise(2.0, seed=1)[0]
    pair = np.stack([left, np.float32(right) * left])
    assert stats(pair).correlation == pytest.approx(correlation, abs=1e-6)


def test_independent_channels_are_uncorrelated() -> None:
    wide = np.stack([noise(2.0, seed=1)[0], noise(2.0, seed=2)[0]])
    assert stats(wide).correlation == pytest.approx(0.0, abs=0.03)


def test_channels_that_cancel_are_subtracted() -> None:
    left = noise(1.0, seed=1)[0]
    assert np.array_equal(fold_down(np.stack([left, -left])), left)
    assert np.array_equal(fold_down(np.stack([left, left])), left)


def test_offset_is_removed_without_a_thump_at_the_start() -> None:
    sound = (sine(2.0, 110, peak_db=-6.0206) + np.float32(0.35)).T
    remover = DcRemover()
    clean = np.concatenate([remover.process(part) for part in np.array_split(sound, 7)])
    # The high-pass at 4 Hz keeps the level of 110 Hz within 0.1 %; its phase moves by 3 degrees, 5
    # % of the level.
    assert np.abs(clean - (sound - np.float32(0.35))).max() < 0.05
    assert abs(float(clean[SR:].mean())) < 1e-3
