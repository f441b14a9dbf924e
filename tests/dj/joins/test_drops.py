"""Joins that end on the incoming track's drop, and double drops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.contract.analysis import Stretch
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import candidates_of
from backend.app.dj.joins.choose import Choice
from backend.app.dj.joins.explanations import reason_of
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dj.joins.scoreboard import RatedCandidate, scoreboard
from backend.app.dj.pair import Pair
from backend.app.dsp.samples import SAMPLE_RATE
from tests.dj.llm_set import track, track_analysis

BLENDS = DjRules(allowed_kinds=["blend"])
DROP_S, LATE_DROP_S = 16.25, 176.25  # bars 8 and 88: a bar lasts 2 s, the first begins at 0.25 s


def deck(name: str, *soft_s: tuple[float, float], fall_lu: float = 5.0, **rhythm) -> DeckTrack:
    """200 s of even music without a voice that is softer in some stretches."""
    levels = np.full(2000, -20.0)
    for start, end in soft_s:
        levels[round(10 * start) : round(10 * end)] -= fall_lu
    profile = LoudnessProfile(10 ** (levels / 10), np.full(20000, 0.1, np.float32))
    known = track_analysis()
    changed = known.rhythm.model_copy(update=rhythm)
    return replace(
        track(name, known.model_copy(update={"rhythm": changed, "vocals": []})), loudness=profile
    )


def with_key(one: DeckTrack, key: str) -> DeckTrack:
    return replace(one, analysis=track_analysis(key=key).model_copy(update={"vocals": []}))


EVEN, DROPPING = deck("a"), deck("b", (0.0, DROP_S))
BUILDING = deck("c", (150.0, LATE_DROP_S))


def rated(out: DeckTrack, into: DeckTrack, drop: str) -> list[RatedCandidate]:
    board = scoreboard(Pair(out, into), BLENDS)
    return [one for one in board if one.facts.drop == drop and not one.veto]


@pytest.mark.parametrize(("fall_lu", "bars"), [(5.0, [8]), (2.5, [])])
def test_a_drop_is_a_rise_of_3_lu(fall_lu: float, bars: list[int]) -> None:
    into = deck("b", (0.0, DROP_S), fall_lu=fall_lu)
    assert [drop.bar for drop in Pair(EVEN, into).in_drops] == bars


@pytest.mark.parametrize(
    "into",
    [
        deck("b", (0.0, 12.25)),  # in the middle of a phrase
        deck("b", (0.0, DROP_S), downbeat_confidence=0.2),
        deck("b", (0.0, DROP_S), (0.0, 100.0)),  # from 10 LU under the rest to 5
    ],
)
def test_no_drop_off_the_phrase_or_into_a_soft_part(into: DeckTrack) -> None:
    assert all(drop.bar not in (4, 6, 8) for drop in Pair(EVEN, into).in_drops)


def test_overlap_ends_on_the_drop() -> None:
    landing = [one for one in rated(EVEN, DROPPING, "at_end") if one.candidate.bars == 8]
    assert {(one.candidate.in_bar, one.candidate.in_end_s) for one in landing} == {(0, DROP_S)}
    assert not rated(EVEN, EVEN, "at_end")
    assert all(one.drop_bar is None for one in candidates_of(Pair(EVEN, EVEN), BLENDS))


def test_drop_of_24_bars_is_reached_from_the_beginning() -> None:
    late = deck("b", (0.0, 48.25))
    assert (24, 0) in {(c.bars, c.in_bar) for c in candidates_of(Pair(EVEN, late), BLENDS)}


def test_drop_and_basses_meet_in_the_mix() -> None:
    plan = plan_dj_mix([EVEN, DROPPING], BLENDS, loudness_lufs=-14.0)
    (join,), (out, into) = plan.timeline.transitions, plan.timeline.clips
    assert into.mix_at(DROP_S * SAMPLE_RATE) == pytest.approx(join.end, abs=1e-3 * SAMPLE_RATE)
    assert out.end == join.end
    shelf = next(one for one in into.effects if one.kind == "low_shelf")
    assert shelf.start + shelf.length == pytest.approx(join.end, abs=1)
    assert "the drop of “Title of b” lands where “Title of a” ends" in join.reason


def test_landing_is_preferred() -> None:
    landing = rated(EVEN, DROPPING, "at_end")[0]
    other = rated(EVEN, DROPPING, "elsewhere")[0]
    assert landing.penalties.get("drops_fall_together") is None
    assert other.penalties["drops_fall_together"] == 0.7


def test_double_drop_lets_both_drops_fall_together() -> None:
    doubles = rated(BUILDING, DROPPING, "on_drop")
    assert {one.candidate.bars for one in doubles} == {16}
    for one in (each.candidate for each in doubles):
        assert (one.out_s + 16.0, one.in_s + 16.0) == (LATE_DROP_S, DROP_S)
        assert (one.bars, one.drop_bar) == (16, 8)
        assert max(one.fades) <= 0.75


def voiced(one: DeckTrack) -> DeckTrack:
    assert one.analysis
    sung = [Stretch(start_s=0.0, end_s=199.0)]
    return replace(one, analysis=one.analysis.model_copy(update={"vocals": sung}))


@pytest.mark.parametrize(
    ("out", "into"),
    [
        (EVEN, DROPPING),
        (BUILDING, EVEN),
        (BUILDING, with_key(DROPPING, "Eb minor")),
        (BUILDING, deck("b", (0.0, DROP_S), confidence=0.8)),
        (BUILDING, deck("b", (0.0, DROP_S), downbeat_confidence=0.8)),
        (voiced(BUILDING), voiced(DROPPING)),
    ],
)
def test_no_double_drop_of_unsure_beats_clashing_keys_or_two_voices(out, into) -> None:
    assert not rated(out, into, "on_drop")


def test_double_drop_is_named() -> None:
    pair = Pair(BUILDING, DROPPING)
    double = rated(BUILDING, DROPPING, "on_drop")[0]
    assert "double drop: both drops fall together" in reason_of(Choice(pair, double, [], "rules"))
