"""Where sounds are cut, how long each part is heard, and what is known of it."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.grains import MIN_GRAIN, deviations, grains_of
from backend.app.dsp.performance import PITCH_HOP, POWER_HOP

from .played import GONE, performance

SR = 44_100
GRAIN = round(0.12 * SR)


def test_a_sound_is_cut_at_its_onsets_and_lasts_to_the_next_one() -> None:
    grains = grains_of(performance(3 * SR, [0, SR, 2 * SR]), GRAIN)
    assert grains.starts.tolist() == [0, SR, 2 * SR]
    # a cell that reaches into the next strike is left out
    assert grains.ends == pytest.approx([SR, 2 * SR, 3 * SR], abs=2 * POWER_HOP)
    assert (grains.ends[:-1] <= grains.starts[1:]).all()


def test_what_sounds_before_the_first_onset_is_a_part_too() -> None:
    assert grains_of(performance(2 * SR, [SR]), GRAIN).starts.tolist() == [0, SR]
    assert grains_of(performance(2 * SR, []), GRAIN).starts.tolist() == [0]
    near = MIN_GRAIN - 1
    assert grains_of(performance(2 * SR, [near]), GRAIN).starts.tolist() == [near]


def test_silence_before_the_first_onset_is_none() -> None:
    power = np.where(np.arange(200) < 100, 0.0, 0.01)
    grains = grains_of(performance(2 * SR, [SR], power=power), GRAIN)
    assert grains.starts.tolist() == [SR]


def test_a_part_ends_where_it_has_died_away() -> None:
    level_db = np.where(np.arange(200) < 50, -20.0, -60.0)  # 40 dB down after half a second
    grains = grains_of(performance(2 * SR, [0], power=10 ** (level_db / 10)), GRAIN)
    assert grains.ends.tolist() == [SR // 2]


def test_a_strike_too_near_the_end_is_left_out() -> None:
    assert grains_of(performance(SR, [0, SR - 300]), GRAIN).starts.tolist() == [0]


def test_a_swell_has_begun_when_it_is_10_db_under_what_it_rises_to() -> None:
    power = np.full(200, 0.01)
    power[:10] = 0.0005
    swell = grains_of(performance(2 * SR, [0], power=power), GRAIN)
    assert swell.risen.tolist() == [10 * POWER_HOP]
    struck = grains_of(performance(2 * SR, [0]), GRAIN)
    assert struck.risen.tolist() == [0]


def test_sounds_are_held_from_past_their_strike_with_room_for_a_grain() -> None:
    grains = grains_of(performance(2 * SR, [0, SR]), GRAIN)
    for hold, unit in zip(grains.holds, grains.hold_units, strict=True):
        assert hold >= grains.starts[unit] + 0.06 * SR
        assert hold + GRAIN <= grains.ends[unit] + 1
    inside = grains.holds[grains.hold_units == 0]
    assert set(np.diff(inside)) == {GRAIN // 2}


def test_even_a_click_can_be_held() -> None:
    grains = grains_of(performance(MIN_GRAIN, [0]), GRAIN)
    assert len(grains.holds) == 1
    assert 0 <= grains.holds[0] < grains.ends[0] <= MIN_GRAIN


def test_pitches_are_those_of_the_voice_without_what_was_misheard() -> None:
    pitch = np.full(173, 5000.0)
    pitch[87:] = 5700.0
    pitch[40] = 6200.0  # an octave up, for 12 ms
    grains = grains_of(performance(2 * SR, [0, 87 * PITCH_HOP], pitch=pitch), GRAIN)
    assert grains.pitched
    assert grains.pitches.tolist() == [5000.0, 5700.0]
    assert grains.pitch_at(40.0 * PITCH_HOP) == 5000.0
    assert grains.pitch_at(120.5 * PITCH_HOP) == 5700.0


def test_the_strongest_tone_stands_for_the_pitch_of_what_is_no_voice() -> None:
    grains = grains_of(performance(2 * SR, tones=(4800.0, 5200.0, GONE)), GRAIN)
    assert grains.pitches.tolist() == [4800.0]


def test_what_has_no_pitch_has_none() -> None:
    grains = grains_of(performance(2 * SR, [0, SR]), GRAIN)
    assert not grains.pitched
    assert np.isnan(grains.pitch_at(100.0))
    squeak = np.full(173, GONE)
    squeak[20:30] = 5000.0  # for 6 % of the time
    grains = grains_of(performance(2 * SR, [0, SR], pitch=squeak), GRAIN)
    assert np.isnan(grains.pitches[1])


def test_strikes_are_known_by_their_own_loudness_and_colour() -> None:
    power = np.repeat([0.01, 0.1, 0.001], 100)
    colour = np.repeat([8.0, 9.0, 10.0], 101)
    grains = grains_of(performance(3 * SR, [0, SR, 2 * SR], power=power, brightness=colour), GRAIN)
    assert grains.levels == pytest.approx([0.0, 1.2247, -1.2247], abs=1e-3)
    assert grains.brightness == pytest.approx([-1.2247, 0.0, 1.2247], abs=1e-3)


def test_deviations_of_what_is_not_known_are_none() -> None:
    assert deviations(np.array([1.0, GONE, 3.0])).tolist() == [-1.0, 0.0, 1.0]
    assert deviations(np.array([GONE, GONE])).tolist() == [0.0, 0.0]
    assert deviations(np.array([5.0, 5.0])).tolist() == [0.0, 0.0]
