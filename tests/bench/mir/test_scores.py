"""Scores of beat and key detection, on cases with known results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.mir.contestants import Detected, best_key
from bench.mir.corpus import HALVES, MirSong, kits_in, specs_of
from bench.mir.scores import Scores, beat_f, grid_usable, score

BEATS = 0.4 + np.arange(160) * 0.5


def song() -> MirSong:
    beats = tuple(BEATS.tolist())
    return MirSong("a", Path("a.ogg"), "given", "house", "A minor", 4, beats, beats[::4])


def scored(beats: np.ndarray, tempo_bpm: float = 120.0, key: str | None = "A minor") -> Scores:
    found = Detected(tuple(beats.tolist()), tuple(beats[::4].tolist()), tempo_bpm, key)
    return score(song(), found, names_keys=True)


def test_truth_gets_full_scores() -> None:
    right = scored(BEATS)
    ones = (right.tempo_1, right.tempo_2, right.beat_f, right.grid_usable, right.downbeat_f)
    assert (*ones, right.key_exact, right.key_weighted) == (1.0,) * 7
    assert right.error_ms == right.bias_ms == pytest.approx(0.0, abs=1e-6)


def test_late_beats_are_found_with_their_error() -> None:
    late = scored(BEATS + 0.040)
    assert late.beat_f == 1.0
    assert late.bias_ms == pytest.approx(40.0)
    assert late.grid_usable == 0.0
    assert scored(BEATS - 0.020).bias_ms == pytest.approx(-20.0)


@pytest.mark.parametrize(
    ("tempo_bpm", "first", "second"),
    [(124.7, 1, 1), (125.0, 0, 0), (60.0, 0, 1), (240.0, 0, 1), (40.0, 0, 1), (180.0, 0, 0)],
)
def test_second_tempo_accuracy_accepts_octaves(tempo_bpm: float, first: int, second: int) -> None:
    scores = scored(BEATS, tempo_bpm)
    assert (scores.tempo_1, scores.tempo_2) == (first, second)


def test_half_and_double_grids_are_usable() -> None:
    double = np.arange(0.4, 80.0, 0.25)
    assert all(grid_usable(BEATS, beats) for beats in (BEATS, double, BEATS[::2], BEATS[1::2]))
    assert not grid_usable(BEATS, BEATS + 0.25)
    assert not grid_usable(BEATS, np.arange(0.0, 80.0, 0.03))
    assert not grid_usable(BEATS, np.array([]))


def test_grid_without_outro_is_not_usable() -> None:
    # A tenth of the beats is missing, at the place where a mix would join.
    assert not grid_usable(BEATS, BEATS[:-16])


def test_no_beats_score_zero() -> None:
    nothing = scored(np.array([]), tempo_bpm=0.0, key=None)
    assert (nothing.beat_f, nothing.tempo_2, nothing.key_weighted) == (0.0, 0.0, 0.0)
    assert nothing.error_ms is None


def test_f_measure_ignores_first_five_seconds() -> None:
    assert beat_f(BEATS, BEATS[BEATS >= 5.0]) == 1.0


def test_related_keys_get_mirex_points() -> None:
    points = {"A minor": 1.0, "E minor": 0.5, "C major": 0.3, "A major": 0.2, "Bb minor": 0.0}
    assert {key: scored(BEATS, key=key).key_weighted for key in points} == points


def test_key_profiles_separate_a_key_from_its_relative() -> None:
    eb_major = np.zeros(12)
    eb_major[[3, 5, 7, 8, 10, 0, 2]] = (1.5, 0.7, 1.0, 0.7, 1.2, 0.7, 0.6)
    assert best_key(eb_major) == "Eb major"
    assert best_key(np.roll(eb_major, 4)) == "G major"


def test_halves_share_no_seed_and_have_all_keys() -> None:
    halves = [specs_of(half) for half in HALVES]
    seeds = [spec.seed for half in halves for _, spec in half]
    assert len(seeds) == len(set(seeds))
    for half in halves:
        assert len({spec.key for _, spec in half}) == 24
        assert len(half) >= 24


def test_kits_are_taken_in_turn_by_hard_songs_only(tmp_path: Path) -> None:
    for name in ("b", "a", "empty"):
        (tmp_path / name).mkdir()
    for name in ("a", "b"):
        soundfile.write(tmp_path / name / "kick.wav", np.ones(400) * 0.5, 44_100)
    kits = kits_in(tmp_path)
    assert [kit.name for kit in kits] == ["a", "b"]
    assert {spec.kit for _, spec in specs_of("tuning", kits)} == {""}
    hard = [Path(spec.kit).name for _, spec in specs_of("hard", kits)]
    assert hard[:4] == ["a", "b", "a", "b"]
    with pytest.raises(SystemExit, match="no folder"):
        kits_in(tmp_path / "empty")
