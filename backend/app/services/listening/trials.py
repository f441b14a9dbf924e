"""Show blind trials, take their answers, and list these."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from ...contract.listening import (
    AnsweredTrial,
    ListeningAnswer,
    ListeningAnswers,
    ListeningTrial,
)
from ...contract.listening_request import ListeningRequest
from ...contract.stored_json import read_stored
from ...errors import Conflict, NotFound
from ...jobs.states import Job, JobStatus
from ...store.files.workspaces import Workspaces
from ...store.jobs.job_store import JobStore
from ...store.listening_answers import ListeningAnswerStore
from .rendered import TRIAL, RenderedTrial

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListeningTrials:
    """Trials of all users; ``workspaces`` holds the folders of their jobs."""

    jobs: JobStore
    workspaces: Workspaces
    answers: ListeningAnswerStore

    def show(self, user_id: str, trial_id: str) -> ListeningTrial:
        """Show a trial; what its versions are is shown once it is answered.

        Raise :class:`NotFound` if the user has no such trial.
        """
        job = self._find(user_id, trial_id)
        request = read_stored(ListeningRequest, job.request)
        is_rendered = job.status is JobStatus.SUCCEEDED
        return ListeningTrial(
            id=trial_id,
            job_id=request.job_id,
            transition=request.transition,
            title=job.title,
            status=job.status.value,
            duration_s=self._rendered(trial_id).duration_s if is_rendered else None,
            answered=self.answers.find(user_id, trial_id),
        )

    def answer(self, user_id: str, trial_id: str, answer: ListeningAnswer) -> ListeningTrial:
        """Save the answer, then show what the versions were.

        Raise :class:`NotFound` if the user has no such trial, :class:`Conflict` if it is not
        rendered yet or has an answer.
        """
        job = self._find(user_id, trial_id)
        if job.status is not JobStatus.SUCCEEDED:
            raise Conflict("This trial is not rendered yet.", hint="Wait until it is.")
        request = read_stored(ListeningRequest, job.request)
        rendered = self._rendered(trial_id)
        a, b = rendered.versions
        answered = AnsweredTrial(
            id=trial_id,
            job_id=request.job_id,
            transition=request.transition,
            outgoing=rendered.outgoing,
            incoming=rendered.incoming,
            a=a,
            b=b,
            answer=answer,
            answered_at=datetime.now(UTC),
        )
        self.answers.add(user_id, answered)
        log.info("listening trial %s is answered", trial_id)
        return self.show(user_id, trial_id)

    def list(self, user_id: str, before: str | None, limit: int) -> ListeningAnswers:
        """List a page of the user's answers; raise :class:`NotFound` if ``before`` is none."""
        found = self.answers.page(user_id, before, limit + 1)
        return ListeningAnswers(answers=found[:limit], more=len(found) > limit)

    def _find(self, user_id: str, trial_id: str) -> Job:
        record = self.jobs.find(user_id, trial_id)
        if record is None or record.job.kind != "listening":
            raise NotFound("There is no such listening trial.")
        return record.job

    def _rendered(self, trial_id: str) -> RenderedTrial:
        try:
            return self.workspaces.of(trial_id).read_shape(TRIAL, RenderedTrial)
        except FileNotFoundError as e:
            raise NotFound("There is no such listening trial.") from e
