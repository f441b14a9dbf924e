"""Fades that hold the outgoing track over the incoming one's soft beginning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import candidates_of
from backend.app.dj.joins.scoreboard import scoreboard
from backend.app.dj.joins.soft_starts import soft_start_s
from backend.app.dj.pair import Pair
from tests.dj.llm_set import track, track_analysis

FADES = DjRules(allowed_kinds=["fade"])


def deck(name: str, soft_s: float) -> DeckTrack:
    """200 s of music from 0.1 s on, 12 LU softer at the beginning."""
    levels = np.full(2000, -20.0)
    levels[: round(10 * soft_s)] = -32.0
    profile = LoudnessProfile(10 ** (levels / 10), np.full(20000, 0.1, np.float32))
    return replace(track(name, track_analysis()), loudness=profile)


@pytest.mark.parametrize("soft_s", [0.0, 5.0, 12.0])
def test_soft_start_ends_where_the_music_is_loud(soft_s: float) -> None:
    powers = Pair(deck("a", 0.0), deck("b", soft_s)).in_power
    assert soft_start_s(powers, 0.0) == pytest.approx(max(soft_s - 0.6, 0.0), abs=0.11)
    assert soft_start_s(powers * 1e-3, 0.0) == 0.0


@pytest.mark.parametrize(("soft_s", "held"), [(2.0, False), (8.0, True), (30.0, False)])
def test_held_fade_is_offered_over_soft_beginnings_only(soft_s: float, held: bool) -> None:
    fades = candidates_of(Pair(deck("a", 0.0), deck("b", soft_s)), FADES)
    assert any(one.overlap_s > 6.0 for one in fades if one.kind == "fade") == held


def test_held_fade_fills_the_hole() -> None:
    board = scoreboard(Pair(deck("a", 0.0), deck("b", 8.0)), FADES)
    fades = [one for one in board if one.candidate.kind == "fade" and one.facts.inside]
    held, rest = fades[0], [one for one in fades if one.candidate.overlap_s <= 6.0]
    dips = [
        one.facts.inside.dip_lu for one in rest if one.candidate.in_s < 1.0 and one.facts.inside
    ]
    assert held.candidate.overlap_s > 6.0
    assert held.candidate.fades[0] == 0.25
    assert held.facts.inside is not None
    assert held.facts.inside.dip_lu < 2.5 < min(dips)
