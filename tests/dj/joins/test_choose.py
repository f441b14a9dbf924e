"""Which requests for joins are met, and the notes about those that are not."""

from __future__ import annotations

import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import Choice, JoinWish, choose_joins
from tests.dj.llm_set import track, track_analysis

DECKS = [track(name, track_analysis()) for name in "abc"]


def chosen(*wishes: JoinWish, rules: DjRules | None = None) -> list[Choice]:
    return choose_joins(DECKS[: len(wishes) + 1], rules or DjRules(), wishes)


@pytest.mark.parametrize(("by", "kind"), [("you", "fade"), ("earlier", "fade"), ("llm", "cut")])
def test_only_people_may_wish_for_a_kind_outside_the_rules(by, kind) -> None:
    wish = JoinWish(JoinConstraints(kind="fade"), by, "It is late.")
    (choice,) = chosen(wish, rules=DjRules(allowed_kinds=["cut"]))
    assert choice.candidate.kind == kind
    assert choice.by == (by if kind == "fade" else "rules")
    assert choice.wish_reason == ("It is late." if kind == "fade" else "")


def test_rejected_proposal_is_named_with_its_reason() -> None:
    wish = JoinWish(JoinConstraints(kind="fade"), "llm")
    (choice,) = chosen(wish, rules=DjRules(allowed_kinds=["cut"]))
    assert choice.note == (
        "The language model's proposal was not used: the DJ rules don't allow it; the rules chose "
        "instead."
    )


def test_fallback_is_used_where_a_wish_does_not_fit() -> None:
    impossible, possible = JoinConstraints(kind="blend", bars=200), JoinConstraints(kind="echo")
    (choice,) = chosen(JoinWish(impossible, "you", fallback=possible))
    assert (choice.candidate.kind, choice.by) == ("echo", "you")
    (choice,) = chosen(JoinWish(impossible, "you"))
    assert choice.by == "rules"
    assert choice.note.startswith("Your choice does not fit into these two tracks")


def test_wished_overlay_counts_only_with_its_join() -> None:
    met = JoinWish(JoinConstraints(kind="blend"), "llm", overlay=True)
    unmet = JoinWish(JoinConstraints(kind="blend", bars=200), "llm", overlay=True)
    assert [choice.overlay for choice in chosen(met)] == [True]
    assert [choice.overlay for choice in chosen(unmet)] == [False]


def test_track_is_not_left_before_its_tempo_has_returned() -> None:
    rules = DjRules(return_bars=8)
    early = JoinWish(JoinConstraints(kind="blend", bars=16, in_s=0.25), "you")
    for out_s, kept in ((40.25, True), (38.25, False)):  # four bars after the blend, and three
        leave = JoinWish(JoinConstraints(kind="cut", out_s=out_s), "you")
        first, second = chosen(early, leave, rules=rules)
        assert (first.by == second.by == "you") == kept
