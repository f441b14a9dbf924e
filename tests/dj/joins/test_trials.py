"""What may be chosen after candidates were rendered, and how the story is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.joins.candidates import MATCHED, JoinConstraints
from backend.app.dj.joins.choose import Choice, JoinWish, choose_joins
from backend.app.dj.joins.explanations import fallbacks_of, reason_of
from backend.app.dj.joins.trials import NO_TRIALS, SAFEST, Trial, Trials
from tests.dj.llm_set import track, track_analysis

DECKS = [track(name, track_analysis()) for name in "ab"]
APART = "beats 250 ms apart in the sound (half a beat)"


def chosen(trials: Trials = NO_TRIALS, wish: JoinWish | None = None) -> Choice:
    (choice,) = choose_joins(DECKS, DjRules(), [wish] if wish else None, [trials])
    return choice


def tried(*faults: str, penalties: tuple[float, ...] = (), settled: bool = False) -> Trials:
    """Trials of the candidates that are chosen one after the other, with these faults."""
    trials = Trials()
    for index, fault in enumerate(faults):
        penalty = penalties[index] if penalties else 0.0
        trial = Trial(chosen(trials).candidate, fault, penalty)
        trials = Trials((*trials.tried, trial), settled and index == len(faults) - 1)
    return trials


def test_first_choice_is_a_blend() -> None:
    assert chosen().candidate.kind == "blend"


def test_faulty_candidate_is_not_chosen_again() -> None:
    first = chosen().candidate
    second = chosen(tried("loudness dips by 4.0 LU"))
    assert second.candidate != first
    assert "Blend of 16 bars: loudness dips by 4.0 LU; took a" in reason_of(second)


def test_settled_trials_choose_the_least_penalty() -> None:
    trials = tried("loudness dips by 4.0 LU", "loudness dips by 6.0 LU", penalties=(1.0, 2.0))
    assert chosen(trials).candidate not in [trial.candidate for trial in trials.tried]
    best = chosen(replace(trials, settled=True))
    assert best.candidate == trials.tried[0].candidate
    assert "loudness dips by 4.0 LU; other joins suit less" in reason_of(best)


def test_worse_than_a_fade_is_not_chosen_again() -> None:
    trials = tried("loudness dips by 9.0 LU", "loudness dips by 9.0 LU", penalties=(500.0, 500.0))
    assert chosen(replace(trials, settled=True)).candidate.kind in SAFEST


def test_beats_apart_rule_out_every_join_on_the_beat() -> None:
    trials = Trials((Trial(chosen().candidate, APART, 100.0, off_beat=True),))
    choice = chosen(trials)
    assert choice.candidate.kind not in {*MATCHED, "cut"}
    story = f"Blend of 16 bars: {APART}; took an {choice.candidate.kind}."
    assert reason_of(choice).endswith(story)
    reasons = {rung.kind: rung.reason for rung in fallbacks_of(choice)}
    assert reasons["blend"] == reasons["sweep"] == f"B{APART[1:]}."


@pytest.mark.parametrize(("by", "kind"), [("you", "blend"), ("earlier", "blend"), ("llm", "echo")])
def test_only_proposals_of_a_model_obey_trials(by, kind) -> None:
    wish = JoinWish(JoinConstraints(kind="blend"), by, "I like it.")
    trials = Trials((Trial(chosen(wish=wish).candidate, APART, 100.0, off_beat=True),))
    choice = chosen(trials, wish)
    assert choice.candidate.kind == kind
    assert choice.note == ""
