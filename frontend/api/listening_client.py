"""The API's routes of the listening room as typed methods."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from backend.app.contract.dj import DjRulesView
from backend.app.contract.listening import (
    ListeningAnswer,
    ListeningAnswers,
    ListeningTrial,
    WeightFitView,
)
from backend.app.contract.listening_request import ListeningRequest

from .connection import ApiConnection


class ListeningApiClient(ApiConnection):
    """The calls about blind listening trials, and about weights fitted to their answers.

    Every method raises ``ApiError`` and nothing else.
    """

    def start_trial(self, request: ListeningRequest) -> ListeningTrial:
        """Render two versions of a join for a blind trial."""
        body = request.model_dump(mode="json")
        return self._call(ListeningTrial, "POST", "/listening/trials", body)

    def trial(self, trial_id: str) -> ListeningTrial:
        """Fetch a trial; what its versions are is shown once it is answered."""
        return self._call(ListeningTrial, "GET", _trial(trial_id))

    def answer_trial(self, trial_id: str, answer: ListeningAnswer) -> ListeningTrial:
        """Save the answer to a trial; raises ``conflict`` if it has one."""
        body = answer.model_dump(mode="json")
        return self._call(ListeningTrial, "POST", f"{_trial(trial_id)}/answer", body)

    def listening_answers(self, before: str | None = None) -> ListeningAnswers:
        """List a page of answers, newest first; the next one is ``before`` the last trial."""
        query = f"?{urlencode({'before': before})}" if before else ""
        return self._call(ListeningAnswers, "GET", f"/listening/answers{query}")

    def listening_csv(self) -> str:
        """Fetch all answers as CSV."""
        return self._authorized("GET", "/listening/answers.csv").content.decode("utf-8")

    def rule_weights(self) -> WeightFitView:
        """Fit the weights of the scoring rules to all answers; for admins."""
        return self._call(WeightFitView, "GET", "/admin/rule-weights")

    def apply_rule_weights(self, fit: WeightFitView) -> DjRulesView:
        """Save the weights of a fit; raises ``conflict`` if rules or answers have changed since."""
        query = urlencode({"version": fit.rules.version, "n_answers": fit.n_answers})
        return self._call(DjRulesView, "POST", f"/admin/rule-weights/fit?{query}")

    def undo_rule_weights(self, version: int) -> DjRulesView:
        """Restore the earlier weights; raises ``conflict`` if ``version`` is not the newest."""
        path = f"/admin/rule-weights/undo?version={version}"
        return self._call(DjRulesView, "POST", path)


def _trial(trial_id: str) -> str:
    return f"/listening/trials/{quote(trial_id, safe='')}"
