from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.loudness import PEAK_HOP, LoudnessProfile
from backend.app.dj.candidates import Candidate
from backend.app.dj.couple import Couple
from backend.app.dj.deck import DeckTrack
from backend.app.dj.facts import facts_of
from backend.app.dj.level_steps import steps_lu
from backend.app.dj.levels import CEILING_DBTP
from backend.app.dj.timeline import Clip, Timeline, Transition
from backend.app.dsp.samples import SAMPLE_RATE

LENGTH_S = 60


def profile(levels_db: list[float], peak_db: float) -> LoudnessProfile:
    """A minute that has one level after the other, each for as long."""
    seconds = np.repeat(levels_db, LENGTH_S // len(levels_db))
    energies = np.repeat(10 ** (seconds / 10), 10)
    peaks = np.full(LENGTH_S * SAMPLE_RATE // PEAK_HOP, 10 ** (peak_db / 20), np.float32)
    return LoudnessProfile(energies, peaks)


def clip(name: str, start_s: float) -> Clip:
    return Clip(name, name, name, "", round(start_s * SAMPLE_RATE), LENGTH_S * SAMPLE_RATE)


def joined() -> Timeline:
    at = LENGTH_S * SAMPLE_RATE
    return Timeline(
        (clip("a", 0), clip("b", LENGTH_S)), (Transition(0, 1, "cut", at, at, 0, ""),), ()
    )


def test_a_step_is_told_from_what_sounds_before_and_after() -> None:
    before, after = profile([-30.0, -20.0], -12.0), profile([-17.0, -30.0], -12.0)
    assert steps_lu(joined(), [before, after]) == [pytest.approx(3.0, abs=0.01)]


def test_what_the_limiter_takes_is_part_of_a_step() -> None:
    before, after = profile([-20.0], -12.0), profile([-20.0], CEILING_DBTP + 6.0)
    assert steps_lu(joined(), [before, after]) == [pytest.approx(-6.0, abs=0.01)]


def test_an_echo_into_a_quiet_intro_counts_as_a_step_though_it_rings_past_it() -> None:
    out, into = (
        DeckTrack(n, n, n, "", LENGTH_S * SAMPLE_RATE, profile(levels, -12.0))
        for n, levels in (("a", [-20.0]), ("b", [-26.0, *[-20.0] * 4]))
    )
    couple = Couple.of(out, into)
    # The intro lasts 12 s: the median of the ten seconds from the start on is that of the intro
    echo = Candidate("echo", 2, 9, 0, 50.0, 0.0, 50.0, 12.0, 12.0)
    cut = Candidate("cut", 0, 9, 0, 50.0, 12.0, 50.0, 12.0, 0.0)
    step_up = facts_of(cut, couple).loudness_step_lu
    assert facts_of(echo, couple).loudness_step_lu == pytest.approx(step_up - 6.0, abs=0.3)
