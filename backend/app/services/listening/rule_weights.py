"""Fit the weights of the scoring rules to all answers, save them, and undo that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...contract.dj import DjRules, DjRulesView
from ...contract.listening import AnsweredTrial, Better, RuleWeightView, WeightFitView
from ...dj.joins.scoreboard import RULE_NAMES
from ...dj.listening.fit_weights import LEAST_ANSWERS, Comparison, WeightFit, fit_weights
from ...errors import Conflict
from ...store.dj_rules import DjRulesStore
from ...store.listening_answers import ListeningAnswerStore

_A_SHARES: dict[Better, float] = {"a": 1.0, "same": 0.5, "b": 0.0}


@dataclass(frozen=True, slots=True)
class RuleWeights:
    """The weights in the DJ rules, fitted to the answers of all users."""

    answers: ListeningAnswerStore
    rules: DjRulesStore

    def fit(self) -> WeightFitView:
        """Fit weights to all answers, and compare them with the current ones; change nothing."""
        current = self.rules.current()
        found = self._fitted(current)
        now = current.rules.rule_weights
        return WeightFitView(
            rules=current,
            weights=[
                RuleWeightView(rule=rule, now=now.get(rule, 1.0), fitted=found.weights[rule])
                for rule in RULE_NAMES
            ],
            n_answers=found.n_answers,
            n_listeners=self.answers.n_listeners(),
            n_decided=found.n_decided,
            least_answers=LEAST_ANSWERS,
            explained_before=found.explained_before,
            explained_after=found.explained_after,
            usable=found.is_better,
            can_undo=self.rules.weights_before() is not None,
        )

    def apply(
        self, user_id: str, expected: int | None, n_answers: int | None = None
    ) -> DjRulesView:
        """Save the fitted weights as a new version of the DJ rules.

        Raise :class:`Conflict` if they do not predict the answers better, if there are no longer
        ``n_answers``, or the rules are no longer of the version ``expected``.
        """
        current = self.rules.current()
        found = self._fitted(current)
        if n_answers is not None and found.n_answers != n_answers:
            raise Conflict(
                f"There are {found.n_answers} answers now, not {n_answers}: the fit has changed.",
                hint="Fit again, and look at the new weights before you use them.",
            )
        if not found.is_better:
            raise Conflict(
                "The fitted weights don't explain the answers clearly better.",
                hint=f"Answer more trials; it takes {LEAST_ANSWERS} at least.",
            )
        return self._change(current, found.weights, user_id, expected)

    def undo(self, user_id: str, expected: int | None) -> DjRulesView:
        """Restore the weights before the last change of weights; other rules stay.

        Raise :class:`Conflict` if they never changed, or the rules are no longer of the version
        ``expected``.
        """
        current, before = self.rules.current(), self.rules.weights_before()
        if before is None:
            raise Conflict("The rule weights were never changed.", hint="There is nothing to undo.")
        return self._change(current, before, user_id, expected)

    def _fitted(self, current: DjRulesView) -> WeightFit:
        answers = comparisons(self.answers.of_all())
        return fit_weights(answers, RULE_NAMES, current.rules.rule_weights)

    def _change(
        self, current: DjRulesView, weights: dict[str, float], user_id: str, expected: int | None
    ) -> DjRulesView:
        rules = DjRules.model_validate({**current.rules.model_dump(), "rule_weights": weights})
        return self.rules.change(rules, user_id, current.version if expected is None else expected)


def comparisons(answers: Sequence[AnsweredTrial]) -> list[Comparison]:
    """Express answers as penalties and preferences."""
    return [
        Comparison(one.a.penalties, one.b.penalties, _A_SHARES[one.answer.better])
        for one in answers
    ]
