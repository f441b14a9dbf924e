"""Resolve a publish request: find its mix, check it, or reject it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...contract.jobs import PublishRequest
from ...contract.publishing import Publication
from ...errors import InvalidRequest
from ...jobs.queue import NET
from ...jobs.states import JobStatus
from ...store.publications.publications import require_free
from ..jobs.new_jobs import ResolvedRequest
from .inputs import PublishInputs
from .preflight import Preflight


def resolve_publish(preflight: Preflight, user_id: str, request: PublishRequest) -> ResolvedRequest:
    """Resolve a publication of a mix that is finished or still being made.

    Raise what :meth:`Preflight.source` and :meth:`Preflight.require_clear` do,
    :class:`InvalidRequest` if the mix's job failed or was cancelled, and
    :class:`AlreadyPublished` as :func:`require_free` does, now and when the job is added.
    """
    source = preflight.source(user_id, request.job_id)
    if source.record.job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        raise InvalidRequest(
            "The mix was not finished, so there is nothing to publish.", hint="Retry its job first."
        )
    mix, again = request.job_id, request.again
    preflight.publications.require_free(user_id, mix, again=again)
    preflight.require_clear(user_id, request, source.title, source)
    resolved = _resolved(user_id, request, source.title, source.record.job.work_s)
    is_free = partial(require_free, user_id=user_id, source_job_id=mix, again=again)
    return replace(resolved, check=is_free)


def resolve_publish_with_mix(
    user_id: str, publication: Publication, title: str, work_s: float, job_id: str
) -> tuple[PublishRequest, ResolvedRequest]:
    """Resolve a publication of a mix whose job is queued by the same request."""
    request = PublishRequest(job_id=job_id, **publication.model_dump())
    return request, _resolved(user_id, request, title, work_s)


def _resolved(user_id: str, request: PublishRequest, title: str, work_s: float) -> ResolvedRequest:
    inputs = PublishInputs(request=request, user_id=user_id, title=request.title or title)
    return ResolvedRequest(
        inputs.title, inputs.model_dump_json(), work_s, lane=NET, after_job_id=request.job_id
    )
