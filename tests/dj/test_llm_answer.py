"""What a proposal may say, and what becomes of one that says more."""

from __future__ import annotations

import json

import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.llm_answer import Usable, usable
from backend.app.dj.llm_data import asked_pairs
from backend.app.llm.reply import Reply
from tests.dj.llm_set import a_set, heard, in_a_row, track

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


def answer(*, pairs=None, rules=None, **change) -> Usable:
    """What holds of a good proposal that is changed."""
    rules = rules or DjRules()
    text = json.dumps({"pairs": [{**GOOD, **change}]})
    return usable(Reply(text), asked_pairs(pairs or a_set(2), rules), rules)


def test_aliases_become_tracks_again():
    strategy = answer().strategies[0]
    assert (strategy.outgoing, strategy.incoming) == ("track-0", "track-1")
    assert (strategy.kind, strategy.bars, strategy.out_at_s) == ("blend", 16, 176.25)


@pytest.mark.parametrize(
    ("said", "meant"),
    # Bars of 2 s from 0.25 s on, the last at 198.25 s: within a second of one, that one is meant
    [(16.25, 16.25), (16.9, 16.25), (17.3, 18.25), (0.0, 0.25), (199.2, 198.25), (None, None)],
)
def test_a_point_is_moved_to_the_bar_that_was_meant(said, meant):
    found = answer(out_at_s=said, in_at_s=said)
    assert (found.strategies[0].out_at_s, found.strategies[0].in_at_s) == (meant, meant)
    assert found.notes == ()


@pytest.mark.parametrize("said", [199.3, 5000.0, 1e300])
def test_a_point_outside_the_bars_is_left_to_the_rules(said):
    found = answer(in_at_s=said)
    assert found.strategies[0].in_at_s is None
    assert found.strategies[0].out_at_s == 176.25
    assert "enter “Title of track-1” where it has no bar" in found.notes[0]


@pytest.mark.parametrize("kind", ["cut", "gap"])
def test_what_does_not_overlap_has_no_bars(kind):
    assert answer(kind=kind, bars=16).strategies[0].bars == 0


@pytest.mark.parametrize("bars", [0, 2, 7, 63, 65, -4, "a few", None, [16]])
def test_a_blend_lasts_whole_groups_of_bars(bars):
    assert "bars" in answer(bars=bars).reasons[0]


def test_a_kind_that_the_rules_forbid_is_no_proposal():
    forbidden = answer(rules=DjRules(allowed_kinds=["fade", "gap"]))
    assert "“blend” is not among the kinds" in forbidden.reasons[0]


def test_without_a_beat_nothing_is_matched_to_one():
    pairs = in_a_row(track("hiss"), track("song", heard()))
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


def test_a_reason_is_one_plain_line():
    odd = "One\n\n two\u202e \x1b[31mthree\x00 " + "and on " * 200
    reason = answer(reason=odd).strategies[0].reason
    assert reason.startswith("One two [31mthree and on")
    assert reason.isprintable()
    assert len(reason) <= 300


def test_what_is_cut_in_the_middle_of_a_figure_is_not_believed():
    asked = asked_pairs(a_set(3), DjRules())
    second = {**GOOD, "outgoing": "t2", "incoming": "t3"}
    whole = json.dumps({"pairs": [GOOD, {"reason": "x", **second, "bars": 16}]})
    for length in range(len(whole) - 2):
        found = usable(Reply(whole[:length], cut_off=True), asked, DjRules())
        assert found.strategies.keys() <= {0}
        assert found.reasons[1] == "the language model's answer was cut off"


def test_a_second_answer_fills_gaps_and_overrules_nothing():
    first = Usable({0: answer().strategies[0]}, {1: "odd", 2: "late"}, ("one",))
    later = answer(kind="cut").strategies[0]
    both = first.joined_by(Usable({0: later, 1: later}, {2: "odd too"}, ("two",)))
    assert both.strategies[0].kind == "blend"
    assert both.strategies[1].kind == "cut"
    assert both.reasons == {2: "odd too"}
    assert both.notes == ("one", "two")
