"""The gate distinguishes sound from silence, constants and invalid samples."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.media.gate.signal_checks import SignalStats

WINDOW = 2048


def added(*samples: float, n_samples: int = WINDOW) -> tuple[SignalStats, np.ndarray]:
    """Statistics of a constant with some first samples, and the repaired sound."""
    block = np.zeros((n_samples, 2), np.float32)
    block[: len(samples), 0] = samples
    stats = SignalStats()
    return stats, stats.add(block)


@pytest.mark.parametrize(("level_db", "audible"), [(-71.9, True), (-72.1, False)])
def test_sound_is_audible_from_minus_72_db_on(level_db: float, audible: bool) -> None:
    peak = 10 ** (level_db / 20)
    stats, _ = added(peak, -peak)
    assert (stats.audible_s > 0) == audible


def test_a_constant_offset_is_silence() -> None:
    stats = SignalStats()
    stats.add(np.full((WINDOW, 2), 0.5, np.float32))
    assert stats.audible_s == 0.0
    assert stats.peak == 0.5


def test_audible_time_counts_windows_of_46_ms() -> None:
    stats, _ = added(0.5, n_samples=10 * WINDOW)
    assert stats.audible_s == pytest.approx(0.0464, abs=1e-4)


def test_samples_up_to_18_db_over_full_scale_are_kept() -> None:
    stats, kept = added(8.0, -8.0)
    assert (stats.out_of_range, stats.peak) == (0, 8.0)
    assert kept[:2, 0].tolist() == [8.0, -8.0]


@pytest.mark.parametrize("sample", [8.01, -8.01])
def test_samples_further_over_full_scale_are_silenced(sample: float) -> None:
    stats, kept = added(sample, 0.25)
    assert (stats.out_of_range, stats.not_finite, stats.peak) == (1, 0, 0.25)
    assert kept[:2, 0].tolist() == [0.0, 0.25]


def test_infinite_samples_count_as_not_finite_only() -> None:
    stats, _ = added(np.nan, np.inf, -np.inf, 9.0)
    assert (stats.not_finite, stats.out_of_range) == (3, 1)
    assert stats.bad_share == 4 / WINDOW


def test_a_sample_that_is_bad_in_both_channels_counts_once() -> None:
    block = np.zeros((WINDOW, 2), np.float32)
    block[7] = np.nan
    stats = SignalStats()
    stats.add(block)
    assert stats.not_finite == 1
