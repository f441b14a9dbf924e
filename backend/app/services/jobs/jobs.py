"""Submit, show, cancel, retry and delete users' jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlmodel import Session

from ...contract.base import Shape
from ...contract.job_list import JobList, JobQuery
from ...contract.jobs import JobRequest, JobView, RetryOptions
from ...contract.publishing import PublicationView
from ...contract.stored_json import OtherVersion, read_stored
from ...contract.webhooks import JobWebhook
from ...errors import (
    ConfirmationNeeded,
    Conflict,
    NotFound,
    PublicationPending,
    UploadUncertain,
)
from ...jobs.states import Failure, JobStatus
from ...jobs.workspace import WrittenFile
from ...store.files.objects.port import LinkTerms
from ...store.files.workspaces import Workspaces
from ...store.jobs.downloads import Downloads
from ...store.jobs.job_store import JobFilter, JobStore
from ...store.jobs.marks import Mark, active_of, marks_of
from ...store.jobs.records import JobRecord
from ...store.jobs.webhooks import SealedWebhook
from ...store.publications.edits import require_no_edit
from ...store.publications.records import PublicationRecords
from .new_jobs import ResolvedRequest, new_job, stored_text
from .publications import publications_of
from .quotas import Quotas
from .views import QueueState, job_view, listed_job

log = logging.getLogger(__name__)

#: Kinds left out of lists by default: there are many, and other pages show them.
KINDS_ONLY_IF_ASKED_FOR = ("analysis", "preview", "listening")


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of all users."""

    store: JobStore
    workspaces: Workspaces
    resolve: Callable[[str, JobRequest], ResolvedRequest]
    inputs: Mapping[str, type[Shape]]  # the type of each job kind's stored inputs
    publications: PublicationRecords
    wake: Callable[[], None]  # wakes the executor after a job is queued
    lane_of: Callable[[str], str]  # the lane in which a job for a lane runs at present
    lanes: Mapping[str, int]  # number of jobs that each lane runs at the same time
    quotas: Quotas
    webhook_of: Callable[[str, JobWebhook], SealedWebhook]  # checks and encrypts a job's webhook
    downloads: Downloads | None = None  # records downloads, if jobs are deleted after them

    def submit(self, user_id: str, request: JobRequest) -> JobView:
        """Queue a job; return the one that already has this publication, if it has not ended.

        Raise what resolving the request raises, :class:`TooManyJobs` if the user has reached the
        limit, and :class:`SeparationQuotaSpent` if songs would have to be separated beyond theirs.
        """
        try:
            return self.show(user_id, self._add(user_id, request))
        except PublicationPending as pending:
            if pending.request != stored_text(request):
                raise
            return self.show(user_id, pending.job_id)

    def _add(self, user_id: str, request: JobRequest) -> str:
        own = request.webhook
        webhook = None if own is None else self.webhook_of(user_id, own)
        resolved = self.resolve(user_id, request)
        new = [new_job(user_id, request, resolved, self.lane_of(resolved.lane), webhook)]
        if resolved.then is not None:
            request, then = resolved.then(new[0].id)
            new.append(new_job(user_id, request, then, then.lane))

        def check(session: Session) -> None:
            resolved.check(session)
            self.quotas.charge_separation(session, user_id, resolved.separation_s)

        if not self.store.add(*new, quota=self.quotas.max_jobs, check=check):
            raise self.quotas.too_many_jobs()
        for job in new:
            log.info("job %s is queued", job.id)
        self.wake()
        return new[0].id

    def show(self, user_id: str, job_id: str) -> JobView:
        """Return the job, or raise :class:`NotFound`."""
        record = self._find(user_id, job_id)
        queue, published = self._surroundings(user_id, [record])
        return job_view(record, queue, published.get(job_id, ()))

    def marks(self, job_ids: Collection[str]) -> dict[str, Mark]:
        """A mark for each existing job that changes when the job changes; one cheap query."""
        return marks_of(self.store.database, job_ids)

    def active(self, user_ids: Collection[str]) -> dict[str, dict[str, bool]]:
        """Whether each of the users' jobs is pending; of ended ones only the latest."""
        return active_of(self.store.database, user_ids)

    def list(self, user_id: str, query: JobQuery) -> JobList:
        """List a page of the user's jobs, newest first; no previews or analyses by default.

        Raise :class:`NotFound` if the user has no job ``query.before``.
        """
        left_out = () if query.kind else KINDS_ONLY_IF_ASKED_FOR
        wanted = JobFilter(tuple(query.kind), left_out, tuple(query.status), query.before)
        found = self.store.page(user_id, wanted, query.limit + 1)
        page = found[: query.limit]
        queue, published = self._surroundings(user_id, page)
        jobs = [listed_job(one, queue, published.get(one.job.id, ())) for one in page]
        return JobList(jobs=jobs, more=len(found) > len(page))

    def cancel(self, user_id: str, job_id: str) -> JobView:
        """End a job as soon as possible; a job that has ended stays as it is."""
        self._find(user_id, job_id)
        self.store.cancel(user_id, job_id)
        log.info("job %s is to be cancelled", job_id)
        return self.show(user_id, job_id)

    def retry(self, user_id: str, job_id: str, options: RetryOptions = RetryOptions()) -> JobView:
        """Queue a failed or cancelled job again; finished steps are kept.

        Raise :class:`Conflict` if the job has not ended, or has succeeded, or its video is being
        edited, :class:`OtherVersion` if another version stored its inputs in another form,
        :class:`ConfirmationNeeded` if the video may be on YouTube and the user has not looked, and
        :class:`TooManyJobs`.
        """
        job, inputs = self._find(user_id, job_id).job, self.store.inputs(user_id, job_id)
        kind = job.kind
        if _may_be_online(job.failure) and not options.not_on_youtube:
            raise ConfirmationNeeded(
                "The video may be on YouTube already; a retry could put it there twice.",
                hint="Look in YouTube Studio. Retry only if it is not there.",
            )
        if kind not in self.inputs:
            raise OtherVersion
        read_stored(self.inputs[kind], inputs or "")
        check = partial(require_no_edit, job_id=job_id)
        if not self.store.retry(user_id, job_id, quota=self.quotas.max_jobs, check=check):
            raise self.quotas.too_many_jobs()
        log.info("job %s is queued again", job_id)
        self.wake()
        return self.show(user_id, job_id)

    def start_now(self, user_id: str, job_id: str) -> JobView:
        """Let a job that waits for a time start now; any other job stays as it is."""
        self._find(user_id, job_id)
        if self.store.wait_no_longer(user_id, job_id):
            log.info("job %s waits no longer", job_id)
            self.wake()
        return self.show(user_id, job_id)

    def delete(self, user_id: str, job_id: str) -> None:
        """Delete the job and its files.

        Raise :class:`Conflict` if it runs, or another job needs it.
        """
        self._find(user_id, job_id)
        if not self.store.delete(user_id, job_id):
            raise Conflict(
                "The job is running, or its mix is about to be published.",
                hint="Cancel that first.",
            )
        self.workspaces.remove(job_id)
        log.info("job %s is deleted", job_id)

    def artifact(self, user_id: str, job_id: str, name: str) -> WrittenFile:
        """Return one of the job's artifacts, or raise :class:`NotFound`."""
        return _require_file(self.store.artifact(job_id, name, user_id))

    def linked_artifact(self, job_id: str, name: str) -> WrittenFile:
        """Return an artifact for a signed link."""
        return _require_file(self.store.artifact(job_id, name))

    def artifacts(self, user_id: str, job_id: str) -> tuple[WrittenFile, ...]:
        """List all of the job's artifacts."""
        return self._find(user_id, job_id).artifacts

    def linked_artifacts(self, job_id: str) -> tuple[WrittenFile, ...]:
        """List all artifacts of a job for a signed link."""
        return tuple(self.store.artifacts(job_id))

    def title(self, job_id: str) -> str:
        """The job's title, for users who may have its files; empty if it is deleted."""
        return self.store.title(job_id)

    def path(self, job_id: str, artifact: WrittenFile) -> Path:
        """Path of an artifact, whose name must come from a row, never from a request."""
        return self.workspaces.of(job_id).path(artifact.name)

    def url(self, job_id: str, artifact: WrittenFile, terms: LinkTerms) -> str | None:
        """URL of an artifact in the object store; None if this server must send it."""
        return self.workspaces.link(job_id, artifact, terms)

    def _find(self, user_id: str, job_id: str) -> JobRecord:
        record = self.store.find(user_id, job_id)
        if record is None:
            raise NotFound("There is no such job.")
        return record

    def _surroundings(
        self, user_id: str, records: Sequence[JobRecord]
    ) -> tuple[QueueState | None, Mapping[str, Sequence[PublicationView]]]:
        """The queue, if one of the jobs waits in it, and the publications of each job."""
        is_queued = any(record.job.status is JobStatus.QUEUED for record in records)
        queue = QueueState.of(self.store.queue(), self.lanes) if is_queued else None
        ids = [record.job.id for record in records]
        return queue, publications_of(self.publications, user_id, ids)


def needs_any(store: JobStore, user_id: str, ids: Collection[str]) -> bool:
    """Whether an unfinished job of the user needs one of these uploads or tracks.

    The ids are searched in the requests' text; they are long and random. This works for requests of
    every version.
    """
    requests = store.pending_requests(user_id)
    return any(one in request for one in ids for request in requests)


def _may_be_online(failure: Failure | None) -> bool:
    return failure is not None and failure.code == UploadUncertain.code


def _require_file(artifact: WrittenFile | None) -> WrittenFile:
    if artifact is None:
        raise NotFound("There is no such file.")
    return artifact
