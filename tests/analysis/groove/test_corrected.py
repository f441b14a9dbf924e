"""Grooves on grids that a user corrected."""

from __future__ import annotations

import pytest

from backend.app.analysis.groove.corrected import grooves_on
from backend.app.contract.analysis import SLOTS, Groove, Subdivision
from tests.analysis.analysed_songs import click_rhythm

MEASURED = click_rhythm(65)


def struck(slot: int) -> list[float]:
    return [float(n == slot) for n in range(SLOTS)]


GROOVE = Groove(
    start_s=0.0,
    end_s=32.0,
    low=struck(6),
    mid=struck(12),
    high=struck(9),
    eighths=Subdivision(at=0.5, strength=0.4),
    sixteenths=Subdivision(at=0.6, strength=0.2),
    confidence=0.9,
)


def test_bars_that_begin_a_beat_later_turn_the_accents() -> None:
    later = MEASURED.model_copy(update={"downbeats": [beat + 1 for beat in MEASURED.downbeats]})
    (found,) = grooves_on(later, MEASURED, [GROOVE])
    assert (found.low, found.mid, found.high) == (struck(0), struck(6), struck(3))
    assert (found.eighths, found.sixteenths) == (GROOVE.eighths, GROOVE.sixteenths)


def test_beats_half_a_beat_later_keep_only_straight_eighths() -> None:
    later = MEASURED.model_copy(update={"beats_s": [at + 0.25 for at in MEASURED.beats_s]})
    swung = GROOVE.model_copy(update={"eighths": Subdivision(at=0.66, strength=0.4)})
    straight, shuffled = grooves_on(later, MEASURED, [GROOVE, swung])
    assert straight.high == struck(6)
    assert straight.eighths == GROOVE.eighths
    assert straight.sixteenths == GROOVE.sixteenths
    assert shuffled.eighths is None


@pytest.mark.parametrize("change", [{"tempo_bpm": 240.0}, {"beats_per_bar": 3}, {"downbeats": []}])
def test_other_beats_or_bars_have_no_known_groove(change: dict[str, object]) -> None:
    assert grooves_on(MEASURED.model_copy(update=change), MEASURED, [GROOVE]) == []


def test_unchanged_grid_keeps_the_grooves() -> None:
    assert grooves_on(MEASURED, MEASURED, [GROOVE]) == [GROOVE]
