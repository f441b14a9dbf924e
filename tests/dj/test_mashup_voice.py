from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.stem_ear import LEVEL_RATE
from backend.app.dj.mashup_voice import ROOM_S, Voice
from tests.dj.taken_apart import pop

BAR_S = 2.0


def voice(*phrases: tuple[float, float], dip_s: float | None = None) -> Voice:
    levels = np.full(round(40 * LEVEL_RATE), -90.0)
    for start_s, end_s in phrases:
        levels[round(start_s * LEVEL_RATE) : round(end_s * LEVEL_RATE)] = -20.0
    if dip_s is not None:
        levels[round(dip_s * LEVEL_RATE)] = -26.0
    return Voice(phrases, levels)


def test_a_phrase_is_taken_with_its_pick_up() -> None:
    assert voice((7.2, 11.0)).enters(8.0, BAR_S) == pytest.approx(7.2 - ROOM_S)


def test_a_phrase_that_begins_on_the_bar_or_later_is_taken_from_the_bar_on() -> None:
    assert voice((8.0, 11.0)).enters(8.0, BAR_S) == 8.0
    assert voice((9.0, 11.0)).enters(8.0, BAR_S) == 8.0


def test_nobody_comes_in_more_than_a_bar_early_but_between_two_syllables() -> None:
    assert voice((5.0, 12.0), dip_s=8.1).enters(8.0, BAR_S) == pytest.approx(8.1, abs=0.011)


def test_a_last_word_is_let_finish() -> None:
    assert voice((9.0, 16.8)).leaves(16.0, BAR_S) == pytest.approx(16.8 + ROOM_S)


def test_the_next_phrases_pick_up_is_not_begun() -> None:
    assert voice((9.0, 15.0), (15.4, 19.0)).leaves(16.0, BAR_S) == pytest.approx(15.4 - ROOM_S)


def test_who_sings_on_and_on_is_cut_where_it_is_softest() -> None:
    assert voice((9.0, 30.0), dip_s=15.9).leaves(16.0, BAR_S) == pytest.approx(15.9, abs=0.011)


def test_phrases_are_found_in_a_stem_and_breaths_lie_within_them() -> None:
    track = pop()
    found = Voice.of(track, track.stems["vocals"])
    assert len(found.phrases) > 4
    rests = [b[0] - a[1] for a, b in zip(found.phrases, found.phrases[1:], strict=False)]
    assert min(rests) >= 0.25 - 1e-9
