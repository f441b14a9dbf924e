"""Reliability curves of made-up confidences with known calibration errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.mir.contestants import Detected, Stated
from bench.mir.corpus import MirSong
from bench.mir.judgements import curves, judge, share_right
from bench.mir.reliability import curve_table, reliability

BEATS = 10.0 + np.arange(160) * 0.5


def test_calibrated_confidences_have_no_error() -> None:
    stated = np.repeat([0.25, 0.65, 0.95], 100)
    right = np.concatenate([np.arange(100) < n for n in (25, 65, 95)])
    curve = reliability(stated, np.ones(300), right.astype(float))
    assert curve.ece == pytest.approx(0.0, abs=1e-12)
    assert [b.right for b in curve.bins] == pytest.approx([0.25, 0.65, 0.95])
    assert [b.count for b in curve.bins] == [100, 100, 100]


def test_overconfidence_is_the_distance_to_the_share_right() -> None:
    curve = reliability([1.0] * 10, [1.0] * 10, [1.0] * 6 + [0.0] * 4)
    assert curve.ece == pytest.approx(0.4)
    assert (curve.bins[0].confidence, curve.bins[0].right) == (1.0, 0.6)


def test_error_does_not_cancel_between_bins() -> None:
    curve = reliability([0.9, 0.1], [1.0, 1.0], [0.0, 1.0])
    assert curve.ece == pytest.approx(0.9)


def test_long_stretches_weigh_more() -> None:
    # 30 s wrong at 0.8, 10 s right at 0.4: 0.75 x 0.8 + 0.25 x 0.6
    curve = reliability([0.8, 0.4], [30.0, 10.0], [0.0, 1.0])
    assert curve.ece == pytest.approx(0.75)
    assert [b.weight for b in curve.bins] == [0.25, 0.75]
    one_bin = reliability([0.8, 0.8], [30.0, 10.0], [0.0, 1.0])
    assert one_bin.bins[0].right == 0.25


def test_nothing_judged_gives_an_empty_curve() -> None:
    curve = reliability([], [], [])
    assert (curve.bins, curve.ece) == ((), None)
    assert "nothing, ECE -" in curve_table("a half", {"nothing": curve})


@pytest.mark.parametrize(
    ("confidences", "weights", "outcomes"),
    [
        ([0.5], [1.0, 1.0], [1.0]),
        ([1.2], [1.0], [1.0]),
        ([0.5], [-1.0], [1.0]),
        ([0.5], [1.0], [np.nan]),
    ],
)
def test_impossible_arrays_are_rejected(
    confidences: list[float], weights: list[float], outcomes: list[float]
) -> None:
    with pytest.raises(ValueError, match="must"):
        reliability(confidences, weights, outcomes)


def test_table_shows_each_bin() -> None:
    text = curve_table("tuning", {"beat": reliability([0.95, 0.9], [1.0, 1.0], [1.0, 0.0])})
    assert "beat, ECE 0.425" in text
    assert text.splitlines()[-1].split() == ["0.93", "0.50", "1.00", "2"]


@pytest.mark.parametrize(
    ("detected", "window_s", "share"),
    [
        (BEATS + 0.03, 0.035, 1.0),
        (BEATS + 0.05, 0.035, 0.0),
        (BEATS + 0.25, 0.070, 0.0),
        (BEATS[::2], 0.070, 0.5),
        (np.arange(10.0, 90.0, 0.25), 0.070, 0.5),
        (np.array([]), 0.070, 0.0),
    ],
)
def test_shifted_and_halved_grids_are_not_right(
    detected: np.ndarray, window_s: float, share: float
) -> None:
    assert share_right(BEATS, detected, window_s, 0.0, 100.0) == share


@pytest.mark.parametrize("late_s", [-0.02, 0.02])
def test_beats_at_the_edges_of_a_stretch_match_beyond_them(late_s: float) -> None:
    # From a beat to a beat: of the true or the detected beats, one at each edge lies outside.
    assert share_right(BEATS, BEATS + late_s, 0.035, 20.0, 24.0) == 1.0


def test_only_the_stretch_is_judged() -> None:
    half_late = np.where(BEATS < 50.0, BEATS, BEATS + 0.25)
    assert share_right(BEATS, half_late, 0.070, 10.0, 50.0) == 1.0
    assert share_right(BEATS, half_late, 0.070, 50.0, 90.0) == 0.0
    assert share_right(BEATS, half_late, 0.070, 200.0, 210.0) == 1.0


def modulating_song() -> MirSong:
    keys = ((0.0, 50.0, "C major"), (50.0, 95.0, "D major"))
    beats = tuple(BEATS.tolist())
    return MirSong("a", Path("a.ogg"), "given", "modulation", "C major", 4, beats, beats[::4], keys)


def test_each_stretch_is_judged_by_itself() -> None:
    half_late = np.where(BEATS < 50.0, BEATS, BEATS + 0.25)
    stated = (Stated(0.0, 50.0, 0.9, 0.8, 0.7), Stated(50.0, 90.0, 0.5, 0.4, 0.3))
    detected = Detected(
        tuple(half_late.tolist()), tuple(half_late[::4].tolist()), 120.0, "C major", stated
    )
    rows = judge(modulating_song(), detected)
    assert [(r.subject, r.confidence, r.weight_s) for r in rows[:4]] == [
        ("beat 35 ms", 0.9, 50.0),
        ("beat 70 ms", 0.9, 50.0),
        ("bar 70 ms", 0.8, 50.0),
        ("key", 0.7, 50.0),
    ]
    assert [r.right for r in rows] == [1.0] * 4 + [0.0] * 4
    # 50 s right at 0.9, 40 s wrong at 0.5
    assert curves(rows)["beat 35 ms"].ece == pytest.approx((50 * 0.1 + 40 * 0.5) / 90)


def test_stretch_over_a_modulation_has_the_key_for_a_part() -> None:
    stated = (Stated(0.0, 90.0, 1.0, 1.0, 1.0),)
    detected = Detected((), (), None, "D major", stated)
    key = judge(modulating_song(), detected)[-1]
    assert (key.subject, key.right) == ("key", pytest.approx(40.0 / 90.0))
