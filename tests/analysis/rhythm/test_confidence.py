"""Confidence follows the votes, the pulse, and the margin of the metre."""

from __future__ import annotations

from backend.app.analysis.rhythm.confidence import bar_confidence, beat_confidence
from tests.analysis.rhythm.test_bar_path import KICK, SNARE, part
from tests.analysis.rhythm.test_rhythm_analyser import analyse_rhythm


def test_beats_are_at_most_as_likely_as_their_votes() -> None:
    assert beat_confidence(0.55, 2.5) < 0.55
    assert beat_confidence(1.0, 2.5) > 0.9
    assert beat_confidence(1.0, 1.0) < beat_confidence(1.0, 1.5) < beat_confidence(1.0, 2.0)
    assert beat_confidence(1.0, 9.0) == beat_confidence(1.0, 2.5)


def test_beats_that_may_be_at_half_the_tempo_are_unsure() -> None:
    assert beat_confidence(1.0, 2.5, half_the_tempo=True) == 0.45
    assert beat_confidence(0.3, 2.5, half_the_tempo=True) < 0.3


def test_bars_are_at_most_as_likely_as_their_beats() -> None:
    assert bar_confidence(1.0, 3.0, 0.6, 1.0) == 0.6
    assert bar_confidence(1.0, -1.0, 0.9, 1.0) < bar_confidence(1.0, 0.0, 0.9, 1.0) < 0.9
    assert bar_confidence(0.3, 3.0, 0.9, 1.0) == 0.3  # equal clicks
    assert bar_confidence(1.0, 9.0, 1.0, 1.0) == bar_confidence(1.0, 3.0, 1.0, 1.0)


def test_bars_of_an_unclear_metre_are_hardly_above_chance() -> None:
    assert bar_confidence(1.0, 3.0, 0.9, 0.1) == 0.3


def test_rhythm_states_the_mean_of_its_stretches() -> None:
    rhythm = analyse_rhythm(part(KICK, SNARE, bars=24))
    assert 0.85 < rhythm.confidence < 1.0
    assert min(one.confidence for one in rhythm.stretches) <= rhythm.confidence
    assert rhythm.confidence <= max(one.confidence for one in rhythm.stretches)
    assert rhythm.stretches[0].start_s == rhythm.beats_s[0]
    assert rhythm.stretches[-1].end_s == rhythm.beats_s[-1]
