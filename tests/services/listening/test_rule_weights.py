"""Fit rule weights to answers, save them as a version of the DJ rules, undo it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.contract.dj import DjRules
from backend.app.errors import Conflict
from backend.app.services.listening.rule_weights import RuleWeights
from backend.app.store.dj_rules import DjRulesStore
from backend.app.store.listening_answers import ListeningAnswerStore
from tests.jobs.rows import Rows
from tests.listening_data import answered

OFF_PHRASE, KEYS_APART = {"phrases_meet": 1.2}, {"keys_agree": 2.1}


@pytest.fixture
def weights(tmp_path: Path) -> Iterator[RuleWeights]:
    rows = Rows(tmp_path)
    rows.user("ann")
    yield RuleWeights(ListeningAnswerStore(rows.database), DjRulesStore(rows.database))
    rows.database.close()


def listen(weights: RuleWeights, n: int) -> None:
    """Answer that clashing keys are better than a join off the phrase, against the penalties."""
    for number in range(n):
        weights.answers.add("ann", answered(number, "b", OFF_PHRASE, KEYS_APART))


def test_fit_is_shown_without_a_change(weights: RuleWeights) -> None:
    listen(weights, 24)
    shown = weights.fit()
    fitted = {one.rule: one.fitted for one in shown.weights}
    assert fitted["phrases_meet"] > 1.2 > 0.8 > fitted["keys_agree"]
    assert fitted["pitch_pays"] == 1.0
    assert (shown.n_answers, shown.explained_before, shown.explained_after) == (24, 0, 24)
    assert shown.usable
    assert not shown.can_undo
    assert weights.rules.current().version == 0


def test_fit_becomes_a_version_of_the_rules_and_is_undone(weights: RuleWeights) -> None:
    listen(weights, 24)
    weights.rules.change(DjRules(return_bars=4), "ann", None)
    applied = weights.apply("ann", 1)
    assert (applied.version, applied.rules.return_bars) == (2, 4)
    assert applied.rules.rule_weights["phrases_meet"] > 1.2
    assert weights.fit().can_undo
    later = applied.rules.model_copy(update={"return_bars": 16})
    weights.rules.change(later, "ann", None)
    undone = weights.undo("ann", 3)
    assert (undone.version, undone.rules) == (4, DjRules(return_bars=16))


def test_fit_that_was_not_shown_is_not_used(weights: RuleWeights) -> None:
    listen(weights, 24)
    shown = weights.fit()
    assert (shown.n_answers, shown.n_listeners) == (24, 1)
    weights.answers.add("ann", answered(24, "a", OFF_PHRASE, KEYS_APART))
    with pytest.raises(Conflict, match="25 answers now, not 24"):
        weights.apply("ann", 0, 24)
    assert weights.apply("ann", 0, 25).version == 1


def test_few_answers_change_no_rules(weights: RuleWeights) -> None:
    listen(weights, 19)
    assert not weights.fit().usable
    with pytest.raises(Conflict, match="clearly better"):
        weights.apply("ann", None)
    assert weights.rules.current().version == 0


def test_nothing_is_undone_if_weights_never_changed(weights: RuleWeights) -> None:
    weights.rules.change(DjRules(return_bars=4), "ann", None)
    with pytest.raises(Conflict, match="never changed"):
        weights.undo("ann", None)


def test_rules_changed_meanwhile_are_not_overwritten(weights: RuleWeights) -> None:
    listen(weights, 24)
    weights.rules.change(DjRules(return_bars=4), "ann", None)
    with pytest.raises(Conflict, match="version 1 is current"):
        weights.apply("ann", 0)
