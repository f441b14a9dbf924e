"""A grid is divided where its tempo or phase changes, and where its confidence does."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.rhythm.grid_stretches import (
    GridPart,
    find_stretches,
    part_bounds,
    tempo_cuts,
)


def grid(*stretches: tuple[float, int]) -> np.ndarray:
    """Beats of stretches, each of a tempo and a number of beats."""
    intervals = np.concatenate([np.full(count, 60.0 / bpm) for bpm, count in stretches])
    return np.concatenate([[1.0], 1.0 + np.cumsum(intervals)])


def sure(beats_s: np.ndarray, longest: int = 32) -> list[GridPart]:
    return [GridPart(first, last, 0.9, 0.8) for first, last in part_bounds(beats_s, longest)]


def test_two_tempi_are_two_stretches() -> None:
    beats_s = grid((93.0, 80), (120.0, 60))
    assert tempo_cuts(beats_s) == [0, 80]
    slow, fast = find_stretches(beats_s, sure(beats_s))
    assert (slow.tempo_bpm, fast.tempo_bpm) == (pytest.approx(93.0), pytest.approx(120.0))
    assert slow.steady and fast.steady
    assert slow.end_s == fast.start_s == pytest.approx(beats_s[80], abs=1e-4)
    assert (slow.start_s, fast.end_s) == (1.0, pytest.approx(beats_s[-1], abs=1e-4))


def test_jump_of_the_grid_begins_a_stretch_of_the_same_tempo() -> None:
    beats_s = grid((120.0, 60), (75.0, 1), (120.0, 60))  # one interval of 1.6 beats
    assert tempo_cuts(beats_s)[:2] in ([0, 60], [0, 61])
    stretches = find_stretches(beats_s, sure(beats_s))
    assert [round(one.tempo_bpm) for one in stretches] == [120, 120]


def test_drift_is_one_stretch_that_is_not_steady() -> None:
    index = np.arange(200)
    beats_s = np.cumsum(0.5 + 0.01 * np.sin(index / 30.0))
    (only,) = find_stretches(beats_s, sure(beats_s))
    assert not only.steady
    assert only.tempo_bpm == pytest.approx(120.0, rel=0.02)


def test_parts_of_other_confidence_are_apart_and_alike_ones_are_joined() -> None:
    beats_s = grid((120.0, 96))
    parts = [GridPart(0, 32, 0.95, 0.9), GridPart(32, 64, 0.9, 0.85), GridPart(64, 97, 0.5, 0.3)]
    first, last = find_stretches(beats_s, parts)
    assert (first.confidence, first.downbeat_confidence) == (0.925, 0.875)
    assert (last.confidence, last.downbeat_confidence) == (0.5, 0.3)
    assert last.start_s == pytest.approx(33.0)


def test_short_grid_is_one_part() -> None:
    assert part_bounds(np.array([0.0, 0.5, 1.0]), 32) == [(0, 3)]
