"""Selection of grains: the nearest one, in runs, without frequent repetition."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.granular.grain_selection import (
    HIGHEST_CENTS,
    LOWEST_CENTS,
    NOT_AGAIN,
    GrainSelector,
    best_alignment,
    within_range,
)
from backend.app.dsp.granular.grains import Grains, cut_grains
from backend.app.dsp.granular.performance import PITCH_HOP

from ..played import note, performance

SR = 44_100
GRAIN = round(0.12 * SR)


def alike(count: int, each: int = SR // 4) -> Grains:
    """Units that do not differ at all."""
    return cut_grains(performance(count * each, [k * each for k in range(count)]), GRAIN)


def octaves(count: int) -> Grains:
    """Units an octave apart, each a quarter of a second."""
    each = 22 * PITCH_HOP
    pitch = 2400.0 + 1200.0 * np.repeat(np.arange(count), 22)
    starts = [k * each for k in range(count)]
    return cut_grains(performance(count * each, starts, pitch=pitch), GRAIN)


def test_units_are_selected_in_order() -> None:
    cast = GrainSelector(alike(12), transposes=False)
    assert [cast.unit_for(note(0, 5000)) for _ in range(12)] == list(range(12))
    assert len(cast.sources) == 12


def test_unit_is_not_reused_within_four_others() -> None:
    cast = GrainSelector(octaves(8), transposes=True)
    played = [cast.unit_for(note(0, 5000, 6000.0)) for _ in range(40)]
    for at, unit in enumerate(played):
        assert unit not in played[max(at - NOT_AGAIN, 0) : at]
    assert played[0] == 3


def test_few_units_alternate() -> None:
    cast = GrainSelector(alike(3), transposes=False)
    played = [cast.unit_for(note(0, 5000)) for _ in range(9)]
    assert all(len(set(played[at : at + 3])) == 3 for at in range(7))
    alone = GrainSelector(alike(1), transposes=False)
    assert [alone.unit_for(note(0, 5000)) for _ in range(3)] == [0, 0, 0]


def test_nearest_pitch_is_selected_when_transposing() -> None:
    for unit, wanted in enumerate((2400.0, 3600.0, 4800.0, 6000.0)):
        assert GrainSelector(octaves(4), transposes=True).unit_for(note(0, 5000, wanted)) == unit
    assert GrainSelector(octaves(4), transposes=False).unit_for(note(0, 5000, 6000.0)) == 0


def test_units_match_notes_in_brightness_and_level() -> None:
    colour = np.repeat([8.0, 10.0, 9.0], 101)
    power = np.repeat([0.001, 0.01, 0.1], 100)
    grains = cut_grains(performance(3 * SR, [0, SR, 2 * SR], brightness=colour), GRAIN)
    assert GrainSelector(grains, transposes=False).unit_for(note(0, 5000, brightness=1.2)) == 1
    grains = cut_grains(performance(3 * SR, [0, SR, 2 * SR], power=power), GRAIN)
    assert GrainSelector(grains, transposes=False).unit_for(note(0, 5000, level=1.2)) == 2


def test_long_note_gets_a_long_unit() -> None:
    colour = np.full(302, 8.0)
    colour[202:] = 12.0
    sound = performance(3 * SR, [0, SR // 10, 2 * SR], brightness=colour)
    for until, unit in ((2 * SR, 1), (SR // 20, 0)):
        cast = GrainSelector(cut_grains(sound, GRAIN), transposes=False)
        assert cast.unit_for(note(0, 5000, brightness=1.4)) == 2  # no unit follows the last one
        assert cast.unit_for(note(5000, 5000 + until, brightness=-0.7)) == unit


def test_holds_are_in_the_same_unit_and_vary() -> None:
    grains = alike(2, each=SR)
    cast = GrainSelector(grains, transposes=False)
    held = [cast.hold_for(1, float(GRAIN)) for _ in range(20)]
    assert {int(grains.hold_units[hold]) for hold in held} == {1}
    for at, hold in enumerate(held):
        assert hold not in held[max(at - NOT_AGAIN, 0) : at]


def test_sound_with_one_sustained_part_reuses_it() -> None:
    grains = cut_grains(performance(SR + 2000, [0, SR]), GRAIN)
    cast = GrainSelector(grains, transposes=False)
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
def test_transposition_beyond_limits_moves_by_octaves(cents: float, moved: float) -> None:
    assert within_range(cents) == moved


def test_transposition_starts_from_the_grains_pitch() -> None:
    assert GrainSelector(octaves(2), transposes=True).transposition(3100.0, 100.0) == 700.0
    assert GrainSelector(octaves(2), transposes=True).transposition(float("nan"), 100.0) == 0.0
    assert GrainSelector(octaves(2), transposes=False).transposition(5500.0, 100.0) == 0.0
    unpitched = GrainSelector(alike(2), transposes=True)
    assert not unpitched.transposes
    assert unpitched.transposition(5500.0, 100.0) == 0.0


def test_best_alignment_matches_waveforms() -> None:
    wave = np.random.default_rng(1).standard_normal(400)
    assert best_alignment(wave[20:120], wave[:170]) == 20
    assert best_alignment(wave[20:120], 0.01 * wave[:170]) == 20  # compared by shape, not by level
    louder = np.append(wave[:170], 50.0 * wave[300:])
    assert best_alignment(wave[20:120], louder) == 20
    assert best_alignment(np.zeros(100), wave[:170]) == 0
    assert best_alignment(wave[:170], wave[:100]) == 0
