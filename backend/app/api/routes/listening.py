"""Routes of the listening room: blind trials of joins, and their answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from ...contract.dj import DjRulesView
from ...contract.jobs import Line
from ...contract.listening import (
    ListeningAnswer,
    ListeningAnswers,
    ListeningTrial,
    WeightFitView,
)
from ...contract.listening_request import ListeningRequest
from ...services.listening.export import answers_csv
from ..dependencies import CurrentAdmin, CurrentUser, JobsDep, RuleWeightsDep, TrialsDep

router = APIRouter(tags=["listening"])

_Version = Annotated[int | None, Query(ge=0)]


@router.post("/listening/trials", status_code=status.HTTP_202_ACCEPTED)
def start_trial(
    request: ListeningRequest,
    user: CurrentUser,
    jobs: JobsDep,
    trials: TrialsDep,
    response: Response,
) -> ListeningTrial:
    """Render two versions of a join, equally loud and in random order."""
    job = jobs.submit(user.id, request)
    response.headers["Location"] = f"/listening/trials/{job.id}"
    return trials.show(user.id, job.id)


@router.get("/listening/trials/{trial_id}")
def show_trial(trial_id: str, user: CurrentUser, trials: TrialsDep) -> ListeningTrial:
    """Show a trial; its versions are ``a.mp3`` and ``b.mp3`` of the job with its id."""
    return trials.show(user.id, trial_id)


# A dependency, so that a missing trial is answered with 404 before its answer is checked.
_Shown = Annotated[ListeningTrial, Depends(show_trial)]


@router.post("/listening/trials/{trial_id}/answer")
def answer_trial(
    trial: _Shown, answer: ListeningAnswer, user: CurrentUser, trials: TrialsDep
) -> ListeningTrial:
    """Save the answer, once; then the trial shows what its versions are."""
    return trials.answer(user.id, trial.id, answer)


@router.get("/listening/answers")
def list_answers(
    user: CurrentUser,
    trials: TrialsDep,
    before: Line | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ListeningAnswers:
    """List a page of answers, newest first; the next page is ``before`` the last trial's id."""
    return trials.list(user.id, before, limit)


@router.get("/listening/answers.csv", response_class=Response)
def export_answers(user: CurrentUser, trials: TrialsDep) -> Response:
    """Download all answers as CSV, newest first; ``docs/listening.md`` explains the columns."""
    return Response(
        answers_csv(trials.answers.of_user(user.id)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="listening-answers.csv"'},
    )


@router.get("/admin/rule-weights")
def show_fit(_admin: CurrentAdmin, weights: RuleWeightsDep) -> WeightFitView:
    """Fit the weights of the scoring rules to all users' answers; nothing is changed."""
    return weights.fit()


@router.post("/admin/rule-weights/fit")
def apply_fit(
    admin: CurrentAdmin,
    weights: RuleWeightsDep,
    version: _Version = None,
    n_answers: Annotated[int | None, Query(ge=0)] = None,
) -> DjRulesView:
    """Save the fitted weights as a new version of the DJ rules.

    409 if they don't predict the answers clearly better, ``version`` is not the newest, or there
    are no longer ``n_answers``, as when the fit was shown.
    """
    return weights.apply(admin.id, version, n_answers)


@router.post("/admin/rule-weights/undo")
def undo_fit(admin: CurrentAdmin, weights: RuleWeightsDep, version: _Version = None) -> DjRulesView:
    """Restore the weights before their last change, as a new version of the DJ rules."""
    return weights.undo(admin.id, version)
