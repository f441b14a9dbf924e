"""Corrections of a beat grid add up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.app.contract.analysis import GridFix, TrackAnalysis
from frontend.state import grid_corrections
from tests.frontend.scripted_api import analysis

STEPS: dict[str, Callable[[TrackAnalysis], GridFix]] = {
    "×2": grid_corrections.doubled,
    "÷2": grid_corrections.halved,
    "½ later": lambda track: grid_corrections.shifted(track, 0.5),
    "right": grid_corrections.confirmed,
    "½ earlier": lambda track: grid_corrections.shifted(track, -0.5),
}


def corrected(**fix: object) -> TrackAnalysis:
    """A track at 120 BPM with beats at 0.5, 1.0 … s, and given corrections."""
    return analysis(120.0).model_copy(update={"manual": GridFix.model_validate(fix)})


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        ({}, "×2", {"tempo": "double"}),
        ({"shift_beats": 0.5}, "right", {"shift_beats": 0.5, "confirmed": True}),
        ({}, "÷2", {"tempo": "half"}),
        ({"tempo": "half"}, "×2", {"tempo": "as_heard"}),
        ({"tempo": "double"}, "÷2", {"tempo": "as_heard"}),
        ({"tempo": "double"}, "×2", {"tempo": "double", "tempo_bpm": 240.0}),
        ({"tempo": "half"}, "÷2", {"tempo": "half", "tempo_bpm": 60.0}),
        ({"tempo_bpm": 120.0}, "÷2", {"tempo_bpm": 60.0}),
        ({"shift_beats": 0.5}, "×2", {"tempo": "double", "shift_beats": 1.0}),
        ({"shift_beats": 0.5}, "÷2", {"tempo": "half", "shift_beats": 0.25}),
        ({"tempo": "half", "shift_beats": 0.5}, "×2", {"shift_beats": 1.0}),
        ({"shift_beats": 0.5}, "½ later", {"shift_beats": 1.0}),
        ({"downbeat_s": 1.0}, "½ later", {"shift_beats": 0.5, "downbeat_s": 1.25}),
        ({"downbeat_s": 0.1}, "½ earlier", {"shift_beats": -0.5, "downbeat_s": 0.0}),
        ({"key": "A minor"}, "×2", {"key": "A minor", "tempo": "double"}),
    ],
)
def test_step_is_added_to_earlier_corrections(
    before: dict[str, object], step: str, after: dict[str, object]
) -> None:
    assert STEPS[step](corrected(**before)) == GridFix.model_validate(after)


@pytest.mark.parametrize(
    ("first", "by_beats", "downbeat_s"), [(0, 1, 1.0), (0, -1, 2.0), (3, 1, 0.5), (3, -1, 1.5)]
)
def test_downbeat_moves_within_the_first_bar(first: int, by_beats: int, downbeat_s: float) -> None:
    track = corrected()
    rhythm = track.rhythm.model_copy(update={"downbeats": [first, first + 4]})
    track = track.model_copy(update={"rhythm": rhythm})
    assert grid_corrections.downbeat_moved(track, by_beats).downbeat_s == downbeat_s


def test_downbeat_of_a_track_without_bars_or_with_few_beats() -> None:
    track = corrected()
    short = track.rhythm.model_copy(update={"downbeats": [], "beats_s": [0.5, 1.0]})
    track = track.model_copy(update={"rhythm": short})
    assert grid_corrections.downbeat_moved(track, 3).downbeat_s == 1.0
