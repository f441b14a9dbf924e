"""The penalties and vetoes of each scoring rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.dj import KINDS, DjRules, TransitionKind
from backend.app.dj.joins.candidates import Candidate
from backend.app.dj.joins.figures.facts import Facts
from backend.app.dj.joins.figures.inside import Inside
from backend.app.dj.joins.rules import KIND_PENALTIES, RULES
from backend.app.dj.joins.scoreboard import RatedCandidate, shortlist
from backend.app.dj.joins.verdicts import Case, Verdict
from backend.app.dj.pair import Pair
from tests.dj.analysed_tracks import composed_deck

CANDIDATE = Candidate("blend", 16, 40, 0, 80.0, 0.0, 112.0, 32.0, 32.0)
FLAWLESS = Facts(
    stretch_percent=0.0,
    key_distance=0,
    harmony_overlap_s=32.0,
    vocal_overlap_s=0.0,
    voice_cut_off=False,
    loudness_step_lu=0.0,
    out_on_phrase=True,
    in_on_phrase=True,
    trimmed_out_s=0.0,
    trimmed_in_s=0.0,
    out_score=1.0,
    in_score=1.0,
    lands_on_section=True,
    beat_confidence=1.0,
    confidence=1.0,
)


def rated(kind: TransitionKind = "blend", rules: DjRules | None = None, **change) -> RatedCandidate:
    """Rate a join that is flawless except for changes of its candidate or its figures."""
    figures = {name: change.pop(name) for name in list(change) if hasattr(FLAWLESS, name)}
    candidate = replace(CANDIDATE, kind=kind, **change)
    case = Case(candidate, replace(FLAWLESS, **figures), rules or DjRules())
    verdicts = tuple(rule(case) for rule in RULES)
    return RatedCandidate(case.candidate, case.facts, case.rules, verdicts)


def added(kind: TransitionKind = "blend", **change) -> float:
    """The penalty that these changes add to a flawless join."""
    return rated(kind, **change).penalty - rated(kind).penalty


def test_better_kinds_cost_less() -> None:
    assert rated("blend").penalty == 0.0
    costs = [rated(kind, bars=16).penalty for kind in KINDS]
    assert costs == sorted(costs)
    assert costs == pytest.approx([KIND_PENALTIES[kind] for kind in KINDS])


@pytest.mark.parametrize(
    ("change", "penalty"),
    [
        ({"stretch_percent": 5.0}, 0.6),
        ({"stretch_percent": -5.0}, 0.6),
        ({"confidence": 0.7}, 0.0),
        ({"confidence": 0.5}, 0.6),
        ({"key_distance": None}, 0.7 * 61 / 24),
        ({"key_distance": None, "harmony_overlap_s": 10.0}, 0.5 * 0.7 * 61 / 24),
        ({"key_distance": 1}, 0.0),
        ({"key_distance": 2}, 0.7),
        ({"key_distance": 2, "harmony_overlap_s": 10.0}, 0.35),
        ({"key_distance": 3, "harmony_overlap_s": 8.0}, 0.4 * 1.4),
        ({"pitch_semitones": -2}, 1.0),
        ({"vocal_overlap_s": 0.4}, 0.2),
        ({"voice_cut_off": True}, 0.4),
        ({"loudness_step_lu": 0.5}, 0.0),
        ({"loudness_step_lu": 1.0}, 0.15),
        ({"loudness_step_lu": -2.0}, 0.45),
        ({"loudness_step_lu": 3.5}, 0.9 + 3.0),
        ({"in_on_phrase": False}, 1.2),
        ({"in_on_phrase": False, "half_phrases": 1}, 0.6),
        ({"inside": Inside(1.0, 2.0)}, 0.0),
        ({"inside": Inside(2.0, 0.0)}, 0.3),
        ({"inside": Inside(4.0, 3.0)}, 0.9 + 3.0 + 0.3),
        ({"out_on_phrase": False, "in_on_phrase": False}, 2.4),
        ({"out_on_phrase": None, "in_on_phrase": None}, 0.0),
        ({"bars": 8}, 0.6),
        ({"bars": 32}, 0.6),
        ({"bars": 32, "overlap_s": 90.0}, 0.6 + 0.9),
        ({"bars": 4}, 1.2 + 0.8),
        ({"trimmed_out_s": 20.0, "trimmed_in_s": 10.0}, 0.9),
        ({"out_score": 0.2}, 0.4),
        ({"in_score": 0.5}, 0.2),
        ({"lands_on_section": False}, 0.3),
    ],
)
def test_each_flaw_of_a_blend_has_its_penalty(change, penalty) -> None:
    assert added(**change) == pytest.approx(penalty)


@pytest.mark.parametrize(
    ("kind", "change", "penalty"),
    [
        ("sweep", {"key_distance": 2}, 0.6 * 0.7),
        ("cut", {"key_distance": 3}, 0.0),
        ("fade", {"confidence": 0.0}, 0.0),
        ("cut", {"voice_cut_off": True}, 0.8),
        ("echo", {"voice_cut_off": True}, 0.8),
        ("fade", {"voice_cut_off": True}, 0.4),
        ("sweep", {"bars": 4}, 0.0),
        ("cut", {"lands_on_section": False}, 0.0),
        ("fade", {"out_bar": None, "out_score": 0.0, "in_score": 0.0}, 0.0),
    ],
)
def test_flaws_weigh_by_kind_of_join(kind, change, penalty) -> None:
    assert added(kind, **change) == pytest.approx(penalty)


@pytest.mark.parametrize(
    ("kind", "change", "vetoed", "binding"),
    [
        ("blend", {"stretch_percent": -6.004}, False, False),
        ("blend", {"stretch_percent": -6.01}, True, True),
        ("blend", {"vocal_overlap_s": 0.5}, False, False),
        ("blend", {"vocal_overlap_s": 0.6}, True, False),
        ("blend", {"key_distance": 2, "harmony_overlap_s": 32.0}, False, False),
        ("blend", {"key_distance": 3, "harmony_overlap_s": 8.0}, False, False),
        ("blend", {"key_distance": 3, "harmony_overlap_s": 8.1}, True, False),
        ("sweep", {"key_distance": 7, "harmony_overlap_s": 8.1}, True, False),
        ("fade", {"key_distance": 7, "harmony_overlap_s": 6.0}, False, False),
        ("echo", {"key_distance": 7, "harmony_overlap_s": 9.0}, False, False),
        ("blend", {"rules": DjRules(allowed_kinds=["cut"])}, True, False),
        ("stem_swap", {"rules": DjRules(allowed_kinds=["cut"])}, True, True),
    ],
)
def test_wishes_overrule_only_vetoes_that_do_not_bind(kind, change, vetoed, binding) -> None:
    veto = rated(kind, **change).veto
    assert (veto is not None, bool(veto and veto.binding)) == (vetoed, binding)


def test_binding_veto_is_named_before_others() -> None:
    both = rated(vocal_overlap_s=9.0, stretch_percent=9.0, rules=DjRules(allowed_kinds=["cut"]))
    assert both.veto is not None
    assert both.veto.reason.startswith("can't beat-match")
    assert both.penalty > 20.0  # of each veto: more than all flaws together


def test_heaviest_flaw_is_named() -> None:
    assert rated(stretch_percent=5.0, trimmed_out_s=30.0).heaviest == "30 s left out"
    assert replace(rated(), verdicts=(Verdict(1.0),)).heaviest == ""


def test_pitch_of_the_outgoing_track_can_make_keys_clash() -> None:
    deck = composed_deck("house", 120.0, "A minor")
    same_key = rated()
    assert same_key.penalty_after(Pair(deck, deck), 2) == pytest.approx(0.7)
    assert same_key.penalty_after(Pair(deck, deck), 3) > 10.0  # three steps apart: a veto
    weighted = rated(rules=DjRules(rule_weights={"keys_agree": 3.0}))
    assert weighted.penalty_after(Pair(deck, deck), 2) == pytest.approx(2.1)


def test_shortlist_has_the_first_few_of_every_kind() -> None:
    board = [rated("blend", bars=bars) for bars in (32, 16, 8)] + [rated("cut")]
    assert [one.candidate.bars for one in shortlist(board, 2)] == [32, 16, 16]
    assert [one.candidate.kind for one in shortlist(board, 2)] == ["blend", "blend", "cut"]


def test_rule_weights_multiply_penalties_of_one_rule() -> None:
    rules = DjRules(rule_weights={"phrases_meet": 2.5, "of_another_version": 3.0})
    off = {"out_on_phrase": False, "trimmed_out_s": 10.0}
    assert rated("blend", rules, **off).penalty == pytest.approx(2.5 * 1.2 + 0.3)
    assert rated("blend", rules, **off).penalties == pytest.approx(
        {"phrases_meet": 1.2, "little_is_left_out": 0.3}
    )


def test_rule_weights_do_not_change_vetoes() -> None:
    change = {"vocal_overlap_s": 5.0}
    unweighted, weightless = (
        rated("blend", DjRules(rule_weights=weights), **change)
        for weights in ({}, {"voices_do_not_overlap": 0.0})
    )
    assert weightless.veto == unweighted.veto
    assert weightless.veto is not None
    assert weightless.penalty == unweighted.penalty >= 10.0


@pytest.mark.parametrize(
    ("kind", "bars", "beats", "both", "vetoed"),
    [
        ("blend", 16, 0.8, 0.6, False),
        ("blend", 16, 0.7, 0.6, True),
        ("blend", 8, 0.9, 0.4, True),
        ("blend", 4, 0.7, 0.3, False),
        ("sweep", 4, 0.55, 0.5, True),
        ("echo", 2, 0.1, 0.1, False),
        ("cut", 0, 0.1, 0.1, False),
        ("fade", 0, 0.0, 0.0, False),
    ],
)
def test_unsure_beats_shorten_or_forbid_matched_joins(kind, bars, beats, both, vetoed) -> None:
    one = rated(kind, bars=bars, beat_confidence=beats, confidence=both)
    reasons = [verdict.reason for verdict in one.verdicts if verdict.veto]
    assert bool(reasons) == vetoed
    assert all("unsure here" in reason for reason in reasons)
