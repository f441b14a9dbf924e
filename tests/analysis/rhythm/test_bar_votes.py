"""The lead of bars is that without the cue that helps them most; beats across a rhythm are none."""

from __future__ import annotations

import numpy as np

from backend.app.analysis.rhythm.bar_path import BarPath
from backend.app.analysis.rhythm.tempo_octave import Candidate, is_across


def path_of(*votes: list[float]) -> BarPath:
    """One block of a bar of two beats, that begins with the first half beat."""
    return BarPath(np.zeros(1, int), np.ones(1), np.ones(1), np.array([votes]), 2)


def test_lead_is_that_of_the_cues_without_the_best_one() -> None:
    path = path_of([3.0, 1.0], [9.0, 9.0], [0.0, 0.5], [9.0, 9.0])
    assert path.lead_without_best_cue(np.array([0])) == 0.5  # half beats later do not count


def test_bars_that_one_cue_alone_puts_there_do_not_lead() -> None:
    path = path_of([3.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0])
    assert path.lead_without_best_cue(np.array([0])) == -1.0


def test_beats_that_fit_as_well_a_third_later_lie_across_the_rhythm() -> None:
    at = [Candidate(1.5, offset) for offset in (0.0, 0.25, 0.5, 1.0)]
    scores = dict(zip(at, (1.44, 0.1, 1.44, 1.36), strict=True))
    assert is_across(at[0], scores)
    assert not is_across(at[0], {**scores, at[0]: 2.0})
    assert not is_across(Candidate(2.0, 0.0), {**scores, Candidate(2.0, 0.0): 1.0})
