"""Validation of proposals."""

from __future__ import annotations

import json

import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.llm.answer import check_reply
from backend.app.dj.llm.set_data import prompt_pairs
from backend.app.dj.proposals import Proposals
from backend.app.llm.reply import Reply
from tests.dj.llm_set import a_set, in_a_row, track, track_analysis

GOOD = {
    "outgoing": "t1",
    "incoming": "t2",
    "kind": "blend",
    "bars": 16,
    "out_at_s": 176.25,
    "in_at_s": 16.25,
    "tempo": "follow",
    "eq": "bass_swap",
    "pitch_semitones": 0,
    "overlay": False,
    "reason": "Both phrases begin here.",
}


def answer(*, pairs=None, rules=None, **change) -> Proposals:
    """Check a good proposal with changes."""
    rules = rules or DjRules()
    text = json.dumps({"pairs": [{**GOOD, **change}]})
    return check_reply(Reply(text), prompt_pairs(pairs or a_set(2), rules), rules)


def test_aliases_are_replaced_by_track_ids():
    strategy = answer().strategies[0]
    assert (strategy.outgoing, strategy.incoming) == ("track-0", "track-1")
    assert (strategy.kind, strategy.bars, strategy.out_at_s) == ("blend", 16, 176.25)


@pytest.mark.parametrize(
    ("proposed", "snapped"),
    # Bars of 2 s from 0.25 s on, the last at 198.25 s; the tolerance is 1 s
    [(16.25, 16.25), (16.9, 16.25), (17.3, 18.25), (0.0, 0.25), (199.2, 198.25), (None, None)],
)
def test_position_snaps_to_nearest_bar(proposed, snapped):
    found = answer(out_at_s=proposed, in_at_s=proposed)
    assert (found.strategies[0].out_at_s, found.strategies[0].in_at_s) == (snapped, snapped)
    assert found.notes == ()


@pytest.mark.parametrize("said", [199.3, 5000.0, 1e300])
def test_position_outside_the_bars_is_dropped_with_note(said):
    found = answer(in_at_s=said)
    assert found.strategies[0].in_at_s is None
    assert found.strategies[0].out_at_s == 176.25
    assert "enter “Title of track-1” at a time where it has no bar" in found.notes[0]


@pytest.mark.parametrize("kind", ["cut", "gap"])
def test_kinds_without_overlap_have_no_bars(kind):
    assert answer(kind=kind, bars=16).strategies[0].bars == 0


@pytest.mark.parametrize("bars", [0, 2, 7, 63, 65, -4, "a few", None, [16]])
def test_blend_needs_a_multiple_of_four_bars(bars):
    assert "bars" in answer(bars=bars).reasons[0]


def test_forbidden_kind_is_rejected():
    forbidden = answer(rules=DjRules(allowed_kinds=["fade", "gap"]))
    assert "“blend” is not among the kinds" in forbidden.reasons[0]


def test_blend_is_rejected_without_beat():
    pairs = in_a_row(track("hiss"), track("song", track_analysis()))
    assert "“blend”" in answer(pairs=pairs).reasons[0]
    found = answer(pairs=pairs, kind="fade")
    assert found.strategies[0].out_at_s is None
    assert found.strategies[0].in_at_s == 16.25


def test_shifts_and_overlays_stay_within_the_rules():
    asked = {"pitch_semitones": 2, "overlay": True}
    free = answer(**asked, rules=DjRules(max_pitch_semitones=2, overlays="always"))
    bound = answer(**asked, rules=DjRules(max_pitch_semitones=1, overlays="never"))
    assert (free.strategies[0].pitch_semitones, free.strategies[0].overlay) == (2, True)
    assert (bound.strategies[0].pitch_semitones, bound.strategies[0].overlay) == (0, False)
    assert free.notes == ()
    assert len(bound.notes) == 2


def test_reason_is_one_printable_line():
    odd = "One\n\n two\u202e \x1b[31mthree\x00 " + "and on " * 200
    reason = answer(reason=odd).strategies[0].reason
    assert reason.startswith("One two [31mthree and on")
    assert reason.isprintable()
    assert len(reason) <= 300


def test_truncated_proposal_is_dropped():
    asked = prompt_pairs(a_set(3), DjRules())
    second = {**GOOD, "outgoing": "t2", "incoming": "t3"}
    whole = json.dumps({"pairs": [GOOD, {"reason": "x", **second, "bars": 16}]})
    for length in range(len(whole) - 2):
        found = check_reply(Reply(whole[:length], cut_off=True), asked, DjRules())
        assert found.strategies.keys() <= {0}
        assert found.reasons[1] == "the language model's answer was cut off"


def test_second_answer_fills_gaps_only():
    first = Proposals({0: answer().strategies[0]}, {1: "odd", 2: "late"}, ("one",))
    later = answer(kind="cut").strategies[0]
    both = first.merged_with(Proposals({0: later, 1: later}, {2: "odd too"}, ("two",)))
    assert both.strategies[0].kind == "blend"
    assert both.strategies[1].kind == "cut"
    assert both.reasons == {2: "odd too"}
    assert both.notes == ("one", "two")


@pytest.mark.parametrize(("proposed", "snapped"), [(176.7, 176.25), (176.8, None), (178.25, None)])
def test_position_without_bars_snaps_to_cues_within_half_a_second(proposed, snapped):
    analysis = track_analysis()
    vague = analysis.model_copy(
        update={"rhythm": analysis.rhythm.model_copy(update={"confidence": 0.1})}
    )
    pairs = in_a_row(track("hiss", vague), track("song", analysis))
    found = answer(pairs=pairs, kind="fade", out_at_s=proposed)
    assert found.strategies[0].out_at_s == snapped
