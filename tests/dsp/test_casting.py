"""Which grain plays what: the nearest one, in runs, and none too often."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.casting import (
    HIGHEST_CENTS,
    LOWEST_CENTS,
    NOT_AGAIN,
    Casting,
    likest,
    within_range,
)
from backend.app.dsp.grains import Grains, grains_of
from backend.app.dsp.performance import PITCH_HOP

from .played import note, performance

SR = 44_100
GRAIN = round(0.12 * SR)


def alike(count: int, each: int = SR // 4) -> Grains:
    """Units that differ in nothing."""
    return grains_of(performance(count * each, [k * each for k in range(count)]), GRAIN)


def octaves(count: int) -> Grains:
    """Units an octave apart, each a quarter of a second."""
    each = 22 * PITCH_HOP
    pitch = 2400.0 + 1200.0 * np.repeat(np.arange(count), 22)
    starts = [k * each for k in range(count)]
    return grains_of(performance(count * each, starts, pitch=pitch), GRAIN)


def test_units_are_played_in_the_order_of_the_sound() -> None:
    cast = Casting(alike(12), moves=False)
    assert [cast.unit_for(note(0, 5000)) for _ in range(12)] == list(range(12))
    assert len(cast.sources) == 12


def test_no_unit_is_played_again_within_four_others() -> None:
    cast = Casting(octaves(8), moves=True)
    played = [cast.unit_for(note(0, 5000, 6000.0)) for _ in range(40)]
    for at, unit in enumerate(played):
        assert unit not in played[max(at - NOT_AGAIN, 0) : at]
    assert played[0] == 3


def test_with_fewer_units_than_that_all_take_their_turn() -> None:
    cast = Casting(alike(3), moves=False)
    played = [cast.unit_for(note(0, 5000)) for _ in range(9)]
    assert all(len(set(played[at : at + 3])) == 3 for at in range(7))
    alone = Casting(alike(1), moves=False)
    assert [alone.unit_for(note(0, 5000)) for _ in range(3)] == [0, 0, 0]


def test_the_nearest_pitch_plays_a_note_where_grains_are_moved() -> None:
    for unit, wanted in enumerate((2400.0, 3600.0, 4800.0, 6000.0)):
        assert Casting(octaves(4), moves=True).unit_for(note(0, 5000, wanted)) == unit
    assert Casting(octaves(4), moves=False).unit_for(note(0, 5000, 6000.0)) == 0


def test_the_brightest_and_the_loudest_play_the_brightest_and_the_loudest() -> None:
    colour = np.repeat([8.0, 10.0, 9.0], 101)
    power = np.repeat([0.001, 0.01, 0.1], 100)
    grains = grains_of(performance(3 * SR, [0, SR, 2 * SR], brightness=colour), GRAIN)
    assert Casting(grains, moves=False).unit_for(note(0, 5000, brightness=1.2)) == 1
    grains = grains_of(performance(3 * SR, [0, SR, 2 * SR], power=power), GRAIN)
    assert Casting(grains, moves=False).unit_for(note(0, 5000, level=1.2)) == 2


def test_a_long_note_is_played_by_what_is_long_enough() -> None:
    colour = np.full(302, 8.0)
    colour[202:] = 12.0
    sound = performance(3 * SR, [0, SR // 10, 2 * SR], brightness=colour)
    for until, unit in ((2 * SR, 1), (SR // 20, 0)):
        cast = Casting(grains_of(sound, GRAIN), moves=False)
        assert cast.unit_for(note(0, 5000, brightness=1.4)) == 2  # nothing follows the last one
        assert cast.unit_for(note(5000, 5000 + until, brightness=-0.7)) == unit


def test_places_to_go_on_from_are_in_the_same_unit_and_change() -> None:
    grains = alike(2, each=SR)
    cast = Casting(grains, moves=False)
    held = [cast.hold_for(1, float(GRAIN)) for _ in range(20)]
    assert {int(grains.hold_units[hold]) for hold in held} == {1}
    for at, hold in enumerate(held):
        assert hold not in held[max(at - NOT_AGAIN, 0) : at]


def test_a_unit_that_has_one_place_is_held_by_it() -> None:
    grains = grains_of(performance(SR + 2000, [0, SR]), GRAIN)
    cast = Casting(grains, moves=False)
    assert [int(grains.hold_units[cast.hold_for(1, float(GRAIN))]) for _ in range(5)] == [1] * 5


@pytest.mark.parametrize(
    ("cents", "moved"),
    [
        (0.0, 0.0),
        (LOWEST_CENTS, LOWEST_CENTS),
        (HIGHEST_CENTS, HIGHEST_CENTS),
        (HIGHEST_CENTS + 1.0, 1201.0),
        (HIGHEST_CENTS + 1201.0, 1201.0),
        (LOWEST_CENTS - 1.0, -2401.0),
        (LOWEST_CENTS - 2401.0, -2401.0),
    ],
)
def test_what_is_too_far_is_played_in_another_octave(cents: float, moved: float) -> None:
    assert within_range(cents) == moved


def test_grains_are_moved_from_the_pitch_they_have_or_not_at_all() -> None:
    assert Casting(octaves(2), moves=True).moved(3100.0, 100.0) == 700.0
    assert Casting(octaves(2), moves=True).moved(float("nan"), 100.0) == 0.0
    assert Casting(octaves(2), moves=False).moved(5500.0, 100.0) == 0.0
    unpitched = Casting(alike(2), moves=True)
    assert not unpitched.moves
    assert unpitched.moved(5500.0, 100.0) == 0.0


def test_waves_are_laid_where_they_fall_together() -> None:
    wave = np.random.default_rng(1).standard_normal(400)
    assert likest(wave[20:120], wave[:170]) == 20
    assert likest(wave[20:120], 0.01 * wave[:170]) == 20  # by their shape, not by their level
    louder = np.append(wave[:170], 50.0 * wave[300:])
    assert likest(wave[20:120], louder) == 20
    assert likest(np.zeros(100), wave[:170]) == 0
    assert likest(wave[:170], wave[:100]) == 0
