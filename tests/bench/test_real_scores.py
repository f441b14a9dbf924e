"""Scores of real tracks name half-beat and one-beat errors, on made-up beats."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.contract.analysis import Rhythm
from bench.real.reference import AgreedStretch, consistent_positions, real_tracks
from bench.real.run import heard_in
from bench.real.scores import Heard, score
from bench.real.table import Row, error_lines

BEATS_S = 10.0 + 0.5 * np.arange(64)
STRETCH = AgreedStretch(BEATS_S, np.arange(64) % 4, 4)


def heard(beats_s: np.ndarray, first_bar: int = 0, beats_per_bar: int = 4) -> Heard:
    positions = (np.arange(len(beats_s)) - first_bar) % beats_per_bar
    sure = np.full(len(beats_s), 0.9)
    return Heard(beats_s, positions, beats_per_bar, sure, sure / 2.0, cpu_s=1.5)


def test_right_beats_and_bars_score_full() -> None:
    scores = score([STRETCH], heard(BEATS_S + 0.01))
    assert (scores.close, scores.closer, scores.half_off, scores.bar_off) == (1.0, 1.0, 0.0, 0.0)
    assert (scores.level, scores.beats, scores.cpu_s) == (1.0, 64, 1.5)
    assert scores.confidence_in_errors is None
    assert not scores.has_half_beat_error and not scores.has_one_beat_error


def test_beats_40_ms_late_are_close_but_not_closer() -> None:
    scores = score([STRETCH], heard(BEATS_S + 0.04))
    assert (scores.close, scores.closer) == (1.0, 0.0)


def test_off_beats_are_half_off_with_their_confidence() -> None:
    scores = score([STRETCH], heard(np.append(9.77, BEATS_S + 0.27)))
    assert (scores.close, scores.half_off) == (0.0, 1.0)
    assert scores.confidence_in_errors == pytest.approx(0.9)
    assert scores.bar_off is None
    assert scores.has_half_beat_error


def test_half_beat_error_in_a_third_counts() -> None:
    late = np.where(np.arange(64) > 42, BEATS_S + 0.25, BEATS_S)
    scores = score([STRETCH], heard(late))
    assert scores.half_off == pytest.approx(1 / 3, abs=0.02)
    assert scores.has_half_beat_error


def test_bars_one_beat_late_are_off_with_their_confidence() -> None:
    scores = score([STRETCH], heard(BEATS_S, first_bar=1))
    assert (scores.close, scores.bar_off) == (1.0, 1.0)
    assert scores.confidence_in_bar_errors == pytest.approx(0.45)
    assert scores.has_one_beat_error and not scores.has_half_beat_error


@pytest.mark.parametrize(
    ("beats_s", "level"), [(BEATS_S[::2], 0.5), (10.0 + 0.25 * np.arange(127), 2.0)]
)
def test_half_and_double_time_on_the_beats_are_right(beats_s: np.ndarray, level: float) -> None:
    scores = score([STRETCH], heard(beats_s))
    assert (scores.level, scores.close, scores.half_off) == (level, 1.0, 0.0)
    assert scores.bar_off is None


def test_half_time_between_the_beats_is_half_off() -> None:
    scores = score([STRETCH], heard(BEATS_S[::2] + 0.25))
    assert (scores.level, scores.close, scores.half_off) == (0.5, 0.0, 1.0)


def test_stretch_without_beats_is_missed_at_no_confidence() -> None:
    other = replace(STRETCH, beats_s=BEATS_S + 100.0)
    scores = score([STRETCH, other], heard(BEATS_S))
    assert scores.close == 0.5
    assert scores.confidence_in_errors == 0.0


def test_positions_count_only_in_unbroken_bars() -> None:
    numbers = np.concatenate([np.arange(32) % 4, np.arange(8) % 4, [0, 0], np.arange(34) % 4]) + 1
    positions = consistent_positions(numbers, 4)
    assert (positions[:41] == numbers[:41] - 1).all()
    assert positions[41] == -1  # a bar of one beat
    assert (positions[42:] == numbers[42:] - 1).all()
    assert (consistent_positions(numbers[30:45], 4) == -1).all()


def test_rhythm_becomes_one_value_a_beat() -> None:
    rhythm = Rhythm(
        tempo_bpm=120.0,
        steady=True,
        confidence=0.8,
        beats_s=[0.0, 0.5, 1.0, 1.5],
        beats_per_bar=3,
        downbeats=[1],
        downbeat_confidence=0.6,
    )
    found = heard_in(rhythm)
    assert found.bar_positions.tolist() == [2, 0, 1, 2]
    assert found.beat_confidence.tolist() == [0.8] * 4
    assert found.bar_confidence.tolist() == [0.6] * 4


def test_folder_of_tracks_is_read_and_errors_are_named(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    madmom = {
        "beats": BEATS_S.tolist(),
        "bar_positions": (np.arange(64) % 4 + 1).tolist(),
        "metre": 4,
    }
    facts = {"agreed": [[10.0, 25.0], [30.0, 41.5]], "agreed_share": 0.85, "madmom": madmom}
    (tmp_path / "reference" / "song.json").write_text(json.dumps(facts))
    soundfile.write(tmp_path / "song.flac", np.zeros((1000, 1)), 22_050)
    (tmp_path / "manifest.csv").write_text("file,artist,source_package\nsong.flac,Ann,music\n")
    (track,) = real_tracks(tmp_path)
    assert (track.artist, track.agreed_share) == ("Ann", 0.85)
    assert [len(one.beats_s) for one in track.stretches] == [31, 24]
    assert track.samples().shape == (2, 2000)
    named = error_lines([Row(track, score(track.stretches, heard(BEATS_S + 0.25)))])
    assert "half-beat errors 1: song (confidence 0.90)" in named
    assert "one-beat errors 0: none" in named
