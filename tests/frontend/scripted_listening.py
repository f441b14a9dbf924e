"""The part of the scripted API that is the listening room."""

from __future__ import annotations

from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.listening import (
    AnsweredTrial,
    ListeningAnswer,
    ListeningAnswers,
    ListeningTrial,
    RuleWeightView,
    WeightFitView,
)
from backend.app.contract.listening_request import ListeningRequest
from frontend.api.errors import ApiError
from tests.listening_data import WHEN, answered

PER_PAGE = 20


class ScriptedListening:
    """Trials by id, and answers newest first; ``fit`` is what the answers say of the rules."""

    rules: DjRulesView
    asked: list[tuple[str, object]]

    def __init__(self) -> None:
        super().__init__()
        self.trials: dict[str, ListeningTrial] = {}
        self.answers: list[AnsweredTrial] = []
        self.n_answers = 0
        self.usable = self.can_undo = False

    def start_trial(self, request: ListeningRequest) -> ListeningTrial:
        self._refuse("start_trial")
        self.asked.append(("start_trial", request))
        trial = rendered("trial-1", request.job_id)
        self.trials = {"trial-1": trial}
        return trial

    def trial(self, trial_id: str) -> ListeningTrial:
        if trial_id not in self.trials:
            raise ApiError("not_found", "There is no such listening trial.")
        return self.trials[trial_id]

    def answer_trial(self, trial_id: str, answer: ListeningAnswer) -> ListeningTrial:
        self._refuse("answer_trial")
        self.asked.append(("answer_trial", answer))
        done = answered(1).model_copy(update={"id": trial_id, "answer": answer})
        self.answers = [done, *self.answers]
        self.trials = {trial_id: self.trials[trial_id].model_copy(update={"answered": done})}
        return self.trials[trial_id]

    def listening_answers(self, before: str | None = None) -> ListeningAnswers:
        ids = [one.id for one in self.answers]
        first = ids.index(before) + 1 if before else 0
        page = self.answers[first : first + PER_PAGE]
        return ListeningAnswers(answers=page, more=first + PER_PAGE < len(ids))

    def listening_csv(self) -> str:
        self.asked.append(("listening_csv", None))
        return "trial,better\ntrial-1,a\n"

    def rule_weights(self) -> WeightFitView:
        now = self.rules.rules.rule_weights.get("keys_agree", 1.0)
        return WeightFitView(
            rules=self.rules,
            weights=[RuleWeightView(rule="keys_agree", now=now, fitted=2.25)],
            n_answers=self.n_answers,
            n_listeners=2,
            n_decided=self.n_answers,
            least_answers=20,
            explained_before=15,
            explained_after=21,
            usable=self.usable,
            can_undo=self.can_undo,
        )

    def apply_rule_weights(self, fit: WeightFitView) -> DjRulesView:
        self._refuse("apply_rule_weights")
        self.asked.append(("apply_rule_weights", fit.rules.version))
        self.can_undo = True
        return self._weigh(fit.rules.version, {"keys_agree": 2.25})

    def undo_rule_weights(self, version: int) -> DjRulesView:
        self.asked.append(("undo_rule_weights", version))
        return self._weigh(version, {})

    def _weigh(self, version: int, weights: dict[str, float]) -> DjRulesView:
        rules = DjRules(rule_weights=weights)
        self.rules = DjRulesView(version=version + 1, rules=rules, updated_at=WHEN)
        return self.rules

    def _refuse(self, what: str) -> None:
        raise NotImplementedError


def rendered(trial_id: str, job_id: str = "job-1") -> ListeningTrial:
    """A rendered trial without an answer."""
    return ListeningTrial(
        id=trial_id,
        job_id=job_id,
        transition=0,
        title="Listening trial: transition 1 of Saturday",
        status="succeeded",
        duration_s=36.5,
    )
