"""Make a job's row from its resolved request."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from ...contract.jobs import JobRequest
from ...jobs.queue import WORK
from ...store.jobs.job_store import NewJob
from ...store.jobs.webhooks import SealedWebhook


@dataclass(frozen=True, slots=True)
class ResolvedRequest:
    """A resolved request: the job's title, its inputs as JSON, seconds of input.

    The job runs in its ``lane``, if ``after_job_id`` is set after the success of that job. ``then``
    makes a second job from the job's id, queued with it. ``check`` may prevent both; it runs in the
    transaction that adds them. ``separation_s`` are the seconds of songs to separate.
    """

    title: str
    inputs: str
    work_s: float
    lane: str = WORK
    after_job_id: str | None = None
    then: Callable[[str], tuple[JobRequest, ResolvedRequest]] | None = None
    check: Callable[[Session], None] = lambda _: None
    separation_s: float = 0.0


def new_job(
    user_id: str,
    request: JobRequest,
    resolved: ResolvedRequest,
    lane: str,
    webhook: SealedWebhook | None = None,
) -> NewJob:
    """Make the row of a job that runs in ``lane``."""
    return NewJob(
        id=secrets.token_hex(16),
        user_id=user_id,
        kind=request.kind,
        title=resolved.title,
        request=stored_text(request),
        inputs=resolved.inputs,
        work_s=max(resolved.work_s, 1.0),
        lane=lane,
        after_job_id=resolved.after_job_id,
        webhook=webhook,
    )


def stored_text(request: JobRequest) -> str:
    """The request as it is stored and shown: JSON without the webhook's secret."""
    if request.webhook is not None:
        webhook = request.webhook.model_copy(update={"secret": None})
        request = request.model_copy(update={"webhook": webhook})
    return request.model_dump_json()
