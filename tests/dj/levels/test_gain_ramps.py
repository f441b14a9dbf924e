"""Ramps of gain round joins of tracks that differ in loudness."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.dj.levels.gain_ramps import LEFT_LU, with_gain_ramps
from backend.app.dj.levels.loudness_steps import steps_lu
from backend.app.dj.levels.track_gains import limited_energies
from backend.app.dj.timeline import Clip, Timeline, Transition
from backend.app.dsp.samples import SAMPLE_RATE

LENGTH_S = 100


def profile(level_db: float) -> LoudnessProfile:
    energies = np.full(10 * LENGTH_S, 10 ** (level_db / 10))
    return LoudnessProfile(energies, np.full(100 * LENGTH_S, 0.1, np.float32))


def joined(overlap_s: float = 8.0) -> Timeline:
    length, at = LENGTH_S * SAMPLE_RATE, round((LENGTH_S - overlap_s) * SAMPLE_RATE)
    clips = (
        Clip("a", "a", "a", "", 0, length, fade_out=length - at),
        Clip("b", "b", "b", "", at, length, fade_in=length - at),
    )
    return Timeline(clips, (Transition(0, 1, "fade", at, length, 0, ""),), ())


@pytest.mark.parametrize("step_lu", [-4.0, -2.0, 2.0, 4.0])
def test_ramps_take_off_most_of_a_step(step_lu: float) -> None:
    profiles = [profile(-20.0), profile(-20.0 + step_lu)]
    assert steps_lu(joined(), profiles) == [pytest.approx(step_lu, abs=0.05)]
    (left,) = steps_lu(with_gain_ramps(joined(), [step_lu]), profiles)
    assert left == pytest.approx(np.sign(step_lu) * LEFT_LU, abs=0.15)


def test_large_step_moves_each_track_by_two_decibels() -> None:
    profiles = [profile(-20.0), profile(-12.0)]
    assert steps_lu(with_gain_ramps(joined(), [8.0]), profiles) == [pytest.approx(4.0, abs=0.1)]


def test_level_changes_slowly_and_is_the_tracks_own_elsewhere() -> None:
    profiles = [profile(-20.0), profile(-17.0)]
    plain = limited_energies(joined(), profiles)
    moved = limited_energies(with_gain_ramps(joined(), [3.0]), profiles)
    gain_db = 10 * np.log10(moved[:1800] / plain[:1800])
    assert np.abs(np.diff(gain_db[:910])).max() < 0.03  # dB in each 100 ms before the join
    assert np.abs(gain_db[:680]).max() < 1e-6
    assert np.abs(gain_db[1240:]).max() < 1e-6
    assert gain_db[900] == pytest.approx(1.2, abs=0.1)
    assert gain_db[1050] == pytest.approx(-1.2, abs=0.1)


@pytest.mark.parametrize("step_lu", [None, 0.0, LEFT_LU])
def test_small_step_is_left(step_lu: float | None) -> None:
    assert with_gain_ramps(joined(), [step_lu]) == joined()
