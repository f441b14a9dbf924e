"""Drums that don't fit: their figures at a join, and the rule that penalises them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.analysis import Groove
from backend.app.contract.dj import DjRules, TransitionKind
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dj.joins.rules import grooves_interlock
from backend.app.dj.joins.scoreboard import RatedCandidate, scoreboard
from backend.app.dj.joins.verdicts import Case
from backend.app.dj.pair import Pair
from backend.app.dj.pair_grooves import GrooveFit, PairGrooves
from tests.dj.analysed_tracks import composed_deck
from tests.dj.grooves import groove

STRAIGHT, SWUNG = groove(eighths=0.5), groove(eighths=0.66)


def house(name: str, *grooves: Groove) -> DeckTrack:
    """A house track with these grooves."""
    deck = composed_deck("house", 124.0, "A minor", seed=1)
    assert deck.analysis
    analysis = deck.analysis.model_copy(update={"grooves": list(grooves)})
    return replace(deck, track_id=name, content_hash=name, artist=name, analysis=analysis)


def best(pair: Pair, kind: TransitionKind, bars: int | None = None) -> RatedCandidate:
    return scoreboard(pair, DjRules(), JoinConstraints(kind=kind, bars=bars))[0]


def penalty(rated: RatedCandidate) -> float:
    return rated.penalties.get("grooves_interlock", 0.0)


def test_long_blend_of_unlike_grooves_is_penalised_and_named() -> None:
    long, short = (
        best(Pair(house("a", STRAIGHT), house("b", SWUNG)), "blend", bars) for bars in (16, 4)
    )
    assert penalty(long) == pytest.approx(1.5 * 30.97 / 32.0, abs=0.01)
    assert penalty(short) == pytest.approx(1.5 * 7.74 / 32.0, abs=0.01)
    verdict = grooves_interlock(Case(long.candidate, long.facts, long.rules))
    assert verdict.reason == "straight against swung eighths"


@pytest.mark.parametrize("into", [house("b", STRAIGHT), house("b")])
def test_like_grooves_and_unknown_ones_cost_nothing(into: DeckTrack) -> None:
    assert penalty(best(Pair(house("a", STRAIGHT), into), "blend", 16)) == 0.0


def test_joins_without_common_beats_have_no_groove() -> None:
    pair = Pair(house("a", STRAIGHT), house("b", SWUNG))
    for kind in ("echo", "cut", "fade", "stem_swap"):
        assert best(pair, kind).facts.groove is None


def test_grooves_of_the_parts_that_play_together_count() -> None:
    halves = groove(eighths=0.66, span_s=(0.0, 30.0)), groove(eighths=0.5, span_s=(30.0, 60.0))
    grooves = PairGrooves([STRAIGHT], halves, 0.5)
    assert grooves.fit((0.0, 20.0), (0.0, 20.0)) == GrooveFit(
        0.5, 1.0, "straight against swung eighths"
    )
    assert grooves.fit((0.0, 20.0), (40.0, 60.0)) == GrooveFit(1.0, 1.0, "")
    both = grooves.fit((0.0, 20.0), (20.0, 40.0))
    assert both is not None
    assert both.similarity == pytest.approx(0.75)
    late = grooves.fit((0.0, 20.0), (50.0, 70.0))  # the drums stop halfway
    assert late is not None
    assert late.share == pytest.approx(0.5)
    assert grooves.fit((0.0, 20.0), (60.0, 80.0)) is None


def test_plan_blends_like_drums_and_not_unlike_ones() -> None:
    def kind(into: Groove) -> str:
        decks = [house("a", STRAIGHT), house("b", into)]
        return plan_dj_mix(decks, DjRules(), loudness_lufs=-14.0).timeline.transitions[0].kind

    off_beat = groove(kicks=(3.0, 9.0, 15.0, 21.0), snares=(0.0, 12.0), eighths=0.66)
    assert (kind(STRAIGHT), kind(off_beat)) == ("blend", "echo")


def test_reason_of_a_blend_names_what_separates_the_drums() -> None:
    decks = [house("a", groove(sixteenths=0.5)), house("b", groove(sixteenths=0.66))]
    plan = plan_dj_mix(decks, DjRules(), loudness_lufs=-14.0)
    assert plan.timeline.transitions[0].kind == "blend"
    assert "straight against swung sixteenths" in plan.reports[0].reason
