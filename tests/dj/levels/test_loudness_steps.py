from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import PEAK_HOP, LoudnessProfile
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import Candidate
from backend.app.dj.joins.figures.facts import facts_of
from backend.app.dj.levels.loudness_steps import smoothed_gains_db, steps_lu
from backend.app.dj.levels.short_term import ShortTerm
from backend.app.dj.levels.track_gains import CEILING_DBTP, gain_for
from backend.app.dj.pair import Pair
from backend.app.dj.timeline import Clip, Timeline, Transition
from backend.app.dsp.samples import SAMPLE_RATE

LENGTH_S = 60


def profile(levels_db: list[float], peak_db: float) -> LoudnessProfile:
    """A minute divided equally among the levels."""
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


def test_step_compares_loudness_before_and_after() -> None:
    before, after = profile([-30.0, -20.0], -12.0), profile([-17.0, -30.0], -12.0)
    assert steps_lu(joined(), [before, after]) == [pytest.approx(3.0, abs=0.01)]


def test_step_includes_limiting() -> None:
    before, after = profile([-20.0], -12.0), profile([-20.0], CEILING_DBTP + 6.0)
    assert steps_lu(joined(), [before, after]) == [pytest.approx(-6.0, abs=0.01)]


def test_echo_into_quiet_intro_counts_as_step() -> None:
    out, into = (
        DeckTrack(n, n, n, "", LENGTH_S * SAMPLE_RATE, profile(levels, -12.0))
        for n, levels in (("a", [-20.0]), ("b", [-26.0, *[-20.0] * 4]))
    )
    pair = Pair(out, into)
    # The intro lasts 12 s, so the median of the first ten seconds is the intro's level.
    echo = Candidate("echo", 2, 9, 0, 50.0, 0.0, 50.0, 12.0, 12.0)
    cut = Candidate("cut", 0, 9, 0, 50.0, 12.0, 50.0, 12.0, 0.0)
    step_up = facts_of(cut, pair).loudness_step_lu
    assert facts_of(echo, pair).loudness_step_lu == pytest.approx(step_up - 6.0, abs=0.3)


def test_tracks_move_by_three_db_at_most() -> None:
    assert smoothed_gains_db([0.0, -6.0], [20.0]) == [3.0, -9.0]


def test_very_quiet_track_is_raised_by_thirty_db_at_most() -> None:
    assert gain_for(profile([-60.0], -50.0), -14.0) == 30.0
    assert gain_for(profile([-40.0], -30.0), -14.0) == pytest.approx(26.7, abs=0.1)


@pytest.mark.parametrize(
    ("loud_s", "after", "before"),
    [
        ((29.0, 40.5), True, False),
        ((20.0, 30.0), False, True),
        ((42.0, 60.0), False, False),
        ((0.0, 18.0), False, False),
    ],
)
def test_ten_seconds_on_either_side_of_a_join_are_compared(loud_s, after, before) -> None:
    levels = np.full(600, 1e-3)
    levels[round(10 * loud_s[0]) : round(10 * loud_s[1])] = 1e-1
    found = ShortTerm.of(levels)
    quiet_lu = float(found.relative_lu.min())
    assert (found.after(30.0) > quiet_lu + 19.0) == after
    assert (found.before(30.0) > quiet_lu + 19.0) == before
