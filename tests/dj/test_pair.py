"""Keys of a pair at the place of its join."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.analysis import KeySection, Stretch
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import Candidate
from backend.app.dj.joins.figures.facts import facts_of
from backend.app.dj.joins.scoreboard import scoreboard
from backend.app.dj.pair import Pair, Place
from tests.dj.analysed_tracks import composed_deck


def with_harmony(deck: DeckTrack, **update: object) -> DeckTrack:
    """Copy a track with changes of its harmony."""
    assert deck.analysis
    harmony = deck.analysis.harmony.model_copy(update=update)
    return replace(deck, analysis=deck.analysis.model_copy(update={"harmony": harmony}))


def modulating(first: str, then: str, at_s: float) -> DeckTrack:
    """A track whose key changes."""
    deck = composed_deck("house", 120.0, first)
    parts = [
        KeySection(start_s=0.0, end_s=at_s, key=first, confidence=0.9),
        KeySection(start_s=at_s, end_s=deck.duration_s, key=then, confidence=0.9),
    ]
    return with_harmony(deck, sections=parts)


@pytest.mark.parametrize(
    ("bounds_s", "steps"),
    [((0.0, 16.0), 0), ((90.0, 106.0), 5), ((50.0, 66.0), 0), ((58.0, 74.0), 5), ((61.0, 61.0), 5)],
)
def test_key_distance_is_that_at_the_place_of_the_join(
    bounds_s: tuple[float, float], steps: int
) -> None:
    # A minor and Bb minor are five steps apart; the key changes after a minute.
    pair = Pair(modulating("A minor", "Bb minor", 60.0), composed_deck("house", 120.0, "A minor"))
    assert pair.key_distance(Place(bounds_s, (0.0, 16.0))) == steps
    assert pair.key_distance() == 0


def test_blends_before_the_key_changes_are_vetoed() -> None:
    out = composed_deck("house", 120.0, "Bb minor")
    into = modulating("A minor", "Bb minor", 60.0)
    board = scoreboard(Pair(out, into), DjRules())
    blends = [one for one in board if one.candidate.kind == "blend" and one.candidate.bars == 16]
    early = [one for one in blends if one.candidate.in_end_s < 60.0]
    assert early
    assert all(one.veto and "keys 5 steps apart" in one.veto.reason for one in early)


BLEND = Candidate("blend", 16, 40, 0, 80.0, 0.0, 112.0, 32.0, 32.0)


@pytest.mark.parametrize(
    ("out_toneless", "in_toneless", "overlap_s"),
    [
        ([], [], 32.0),
        ([(0.0, 70.0)], [], 32.0),
        ([(96.0, 130.0)], [], 16.0),
        ([], [(0.0, 24.0)], 8.0),
        ([(96.0, 130.0)], [(0.0, 12.0)], 4.0),
        ([(96.0, 130.0)], [(8.0, 24.0)], 8.0),
        ([(70.0, 130.0)], [], 0.0),
    ],
)
def test_keys_only_meet_where_both_tracks_have_tones(
    out_toneless: list[tuple[float, float]],
    in_toneless: list[tuple[float, float]],
    overlap_s: float,
) -> None:
    deck = composed_deck("house", 120.0, "A minor")
    out, into = (
        with_harmony(deck, toneless=[Stretch(start_s=a, end_s=b) for a, b in ranges])
        for ranges in (out_toneless, in_toneless)
    )
    assert facts_of(BLEND, Pair(out, into)).harmony_overlap_s == pytest.approx(overlap_s)
