"""Offer the draft separator to retry jobs whose model is missing."""

from __future__ import annotations

from backend.app.contract.jobs import (
    JobRequest,
    JobSummary,
    JobView,
    MashupRequest,
    MixtapeRequest,
    RestyleRequest,
    StemsRequest,
)
from backend.app.contract.stems import DRAFT, FOUR_STEMS
from frontend.state import session

#: Errors of a model that could not be downloaded, stored, verified or found. The draft separator
#: needs no model.
MODEL_ERRORS = ("weights_unreachable", "no_models_folder", "bad_weights", "unknown_model")


def draft_retry(job: JobSummary) -> JobRequest | None:
    """Return a request with the draft separator, if a missing model failed the job."""
    if job.status != "failed" or job.error is None or job.error.code not in MODEL_ERRORS:
        return None
    whole = job if isinstance(job, JobView) else session.api().job(job.id)
    return with_draft(whole.request)


def with_draft(request: JobRequest) -> JobRequest | None:
    """Copy a request with the draft separator; None if it cannot make the stems."""
    # The client that asked for the failed job has its message, and the webhook's secret.
    request = request.model_copy(update={"webhook": None})
    if isinstance(request, MixtapeRequest):
        # The failed mix's publish job waits for a retry; a second one would publish twice.
        return request.model_copy(update={"stem_model": DRAFT, "publish": None})
    if isinstance(request, StemsRequest):
        stems = request.stems and [one for one in request.stems if one in FOUR_STEMS]
        return None if stems == [] else request.model_copy(update={"model": DRAFT, "stems": stems})
    if isinstance(request, RestyleRequest) and not set(request.config) <= set(FOUR_STEMS):
        return None
    if isinstance(request, MashupRequest | RestyleRequest):
        return request.model_copy(update={"model": DRAFT})
    return None
