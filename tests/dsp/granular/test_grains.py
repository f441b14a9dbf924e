"""Where sounds are cut into grains, how long each lasts, and its properties."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.granular.grains import MIN_GRAIN, cut_grains, deviations
from backend.app.dsp.granular.performance import PITCH_HOP, POWER_HOP

from ..played import GONE, performance

SR = 44_100
GRAIN = round(0.12 * SR)


def test_a_sound_is_cut_at_its_onsets_and_lasts_to_the_next_one() -> None:
    grains = cut_grains(performance(3 * SR, [0, SR, 2 * SR]), GRAIN)
    assert grains.starts.tolist() == [0, SR, 2 * SR]
    # A cell that reaches into the next strike does not count.
    assert grains.ends == pytest.approx([SR, 2 * SR, 3 * SR], abs=2 * POWER_HOP)
    assert (grains.ends[:-1] <= grains.starts[1:]).all()


def test_sound_before_the_first_onset_is_a_unit() -> None:
    assert cut_grains(performance(2 * SR, [SR]), GRAIN).starts.tolist() == [0, SR]
    assert cut_grains(performance(2 * SR, []), GRAIN).starts.tolist() == [0]
    near = MIN_GRAIN - 1
    assert cut_grains(performance(2 * SR, [near]), GRAIN).starts.tolist() == [near]


def test_silence_before_the_first_onset_is_no_unit() -> None:
    power = np.where(np.arange(200) < 100, 0.0, 0.01)
    grains = cut_grains(performance(2 * SR, [SR], power=power), GRAIN)
    assert grains.starts.tolist() == [SR]


def test_unit_ends_where_it_has_decayed() -> None:
    level_db = np.where(np.arange(200) < 50, -20.0, -60.0)  # 40 dB down after half a second
    grains = cut_grains(performance(2 * SR, [0], power=10 ** (level_db / 10)), GRAIN)
    assert grains.ends.tolist() == [SR // 2]


def test_strike_near_the_end_is_left_out() -> None:
    assert cut_grains(performance(SR, [0, SR - 300]), GRAIN).starts.tolist() == [0]


def test_swell_has_risen_10_db_below_its_peak() -> None:
    power = np.full(200, 0.01)
    power[:10] = 0.0005
    swell = cut_grains(performance(2 * SR, [0], power=power), GRAIN)
    assert swell.risen.tolist() == [10 * POWER_HOP]
    struck = cut_grains(performance(2 * SR, [0]), GRAIN)
    assert struck.risen.tolist() == [0]


def test_holds_lie_after_the_attack_with_a_grain_left() -> None:
    grains = cut_grains(performance(2 * SR, [0, SR]), GRAIN)
    for hold, unit in zip(grains.holds, grains.hold_units, strict=True):
        assert hold >= grains.starts[unit] + 0.06 * SR
        assert hold + GRAIN <= grains.ends[unit] + 1
    inside = grains.holds[grains.hold_units == 0]
    assert set(np.diff(inside)) == {GRAIN // 2}


def test_click_has_a_hold() -> None:
    grains = cut_grains(performance(MIN_GRAIN, [0]), GRAIN)
    assert len(grains.holds) == 1
    assert 0 <= grains.holds[0] < grains.ends[0] <= MIN_GRAIN


def test_unit_pitches_ignore_detection_errors() -> None:
    pitch = np.full(173, 5000.0)
    pitch[87:] = 5700.0
    pitch[40] = 6200.0  # an octave up, for 12 ms
    grains = cut_grains(performance(2 * SR, [0, 87 * PITCH_HOP], pitch=pitch), GRAIN)
    assert grains.pitched
    assert grains.pitches.tolist() == [5000.0, 5700.0]
    assert grains.pitch_at(40.0 * PITCH_HOP) == 5000.0
    assert grains.pitch_at(120.5 * PITCH_HOP) == 5700.0


def test_strongest_tone_is_the_pitch_of_chords() -> None:
    grains = cut_grains(performance(2 * SR, tones=(4800.0, 5200.0, GONE)), GRAIN)
    assert grains.pitches.tolist() == [4800.0]


def test_unpitched_sound_has_no_pitches() -> None:
    grains = cut_grains(performance(2 * SR, [0, SR]), GRAIN)
    assert not grains.pitched
    assert np.isnan(grains.pitch_at(100.0))
    squeak = np.full(173, GONE)
    squeak[20:30] = 5000.0  # for 6 % of the time
    grains = cut_grains(performance(2 * SR, [0, SR], pitch=squeak), GRAIN)
    assert np.isnan(grains.pitches[1])


def test_level_and_brightness_are_those_of_the_strike() -> None:
    power = np.repeat([0.01, 0.1, 0.001], 100)
    colour = np.repeat([8.0, 9.0, 10.0], 101)
    grains = cut_grains(performance(3 * SR, [0, SR, 2 * SR], power=power, brightness=colour), GRAIN)
    assert grains.levels == pytest.approx([0.0, 1.2247, -1.2247], abs=1e-3)
    assert grains.brightness == pytest.approx([-1.2247, 0.0, 1.2247], abs=1e-3)


def test_unknown_deviations_are_zero() -> None:
    assert deviations(np.array([1.0, GONE, 3.0])).tolist() == [-1.0, 0.0, 1.0]
    assert deviations(np.array([GONE, GONE])).tolist() == [0.0, 0.0]
    assert deviations(np.array([5.0, 5.0])).tolist() == [0.0, 0.0]
