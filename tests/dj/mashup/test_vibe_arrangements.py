"""Length and parts of a mashup."""

from __future__ import annotations

import pytest

from backend.app.dj.joins.shapes.automation import PRE_ROLL
from backend.app.dj.mashup.automation import effects_of
from backend.app.dj.mashup.length import arrangement_of
from backend.app.dj.mashup.tempo import Clock
from backend.app.dj.mashup.vibe_arrangements import ARRANGEMENTS


def length_bars(bar_s: float, band_bars: int) -> tuple[int, int]:
    phrase, parts = arrangement_of("energetic", bar_s=bar_s, band_bars=band_bars)
    return phrase, phrase * sum(part.phrases for part in parts)


@pytest.mark.parametrize(("band_bars", "phrase"), [(40, 8), (39, 4), (20, 4), (19, 2)])
def test_bars_of_the_instruments_play_twice_at_most_on_average(band_bars, phrase) -> None:
    # The arrangement has ten phrases
    found, bars = length_bars(2.0, band_bars)
    assert found == phrase
    assert bars <= 2 * band_bars


def test_mashup_grows_to_two_and_a_half_minutes() -> None:
    assert length_bars(1.6, 400) == (8, 96)  # 153.6 s; a phrase less would be 140.8 s


def test_mashup_shrinks_to_five_minutes() -> None:
    assert length_bars(4.0, 400) == (8, 72)  # 288 s; a phrase more would be 320 s


def test_breaks_and_verses_are_shortened_before_drops() -> None:
    _, parts = arrangement_of("dark", bar_s=3.0, band_bars=400)
    # The arrangement has thirteen phrases of 24 s; the limit of 300 s leaves room for twelve.
    phrases = {(part.label, part.half): part.phrases for part in parts}
    assert (phrases["break", 1], phrases["verse", 0], phrases["drop", 0]) == (1, 2, 2)


def test_filters_open_rise_and_close_over_their_parts() -> None:
    clock, parts = Clock.of(120.0, 4), ARRANGEMENTS["energetic"]
    starts = [8 * bar for bar in range(len(parts) + 1)]
    effects = effects_of(parts, starts, clock)
    drums = [
        (one.kind, one.frequency_hz, one.to_frequency_hz)
        for one in effects["drums"]
        if one.kind != "level"
    ]
    rising = ("high_pass", 40.0, 450.0)
    assert drums == [("high_pass", 180.0, None), rising, rising, ("low_pass", 9000.0, 350.0)]
    opening = effects["harmony"][0]
    assert (opening.kind, opening.frequency_hz, opening.to_frequency_hz) == (
        "low_pass", 350.0, 9000.0,
    )  # fmt: skip
    assert (opening.start, opening.end) == (0, clock.at(8) - PRE_ROLL)
    assert effects["voice"] == []


def test_drums_rest_for_two_beats_before_an_energetic_drop() -> None:
    clock, parts = Clock.of(120.0, 4), ARRANGEMENTS["energetic"]
    starts = [8 * bar for bar in range(len(parts) + 1)]
    effects = effects_of(parts, starts, clock)
    gaps = [one for one in effects["drums"] if one.kind == "level"]
    drops = [start for part, start in zip(parts, starts, strict=False) if part.label == "drop"]
    assert [one.end for one in gaps] == [clock.at(drop) - PRE_ROLL for drop in drops]
    assert [one.length for one in gaps] == [44_100, 44_100]
    assert not [one for one in effects["harmony"] if one.kind == "level"]
