"""What a person can do with jobs: ask for one, watch it, cancel, retry and delete it."""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..contract.jobs import JobRequest, JobView
from ..errors import Conflict, NotFound, TooManyJobs
from ..jobs.queue import WORK
from ..jobs.states import JobStatus
from ..jobs.workspace import WrittenFile
from ..store.job_records import JobRecord
from ..store.jobs import JobStore, NewJob
from .job_views import QueueState, job_view, request_of
from .publications import Publications

log = logging.getLogger(__name__)

# Waiting and running together, so that one person cannot fill the house.
QUOTA = 20
_LISTED = 100
# A folder without a row is of a job just deleted; an hour is far beyond any deletion.
_ORPHAN_AGE_S = 3600.0
_JOB_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that makes sense: what to call the job, its inputs as JSON, seconds of input.

    The job runs in its ``lane``, after the success of another one if need be. ``then`` makes, of
    the job's id, another job that is queued along with it.
    """

    title: str
    inputs: str
    work_s: float
    lane: str = WORK
    after_job_id: str | None = None
    then: Callable[[str], tuple[JobRequest, Prepared]] | None = None


Prepare = Callable[[str, JobRequest], Prepared]


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs of the API's users. ``prepare`` settles what a request stands for.

    ``publications`` tells what of them is online, ``wake`` the executor of a new job. Of each of
    the ``lanes`` so many jobs run at a time. Jobs that ended more than ``retention_hours`` ago are
    deleted by :meth:`sweep`; 0 keeps them all.
    """

    store: JobStore
    workspaces: Path
    prepare: Prepare
    publications: Publications
    wake: Callable[[], None]
    lanes: Mapping[str, int]
    retention_hours: float

    def submit(self, user_id: str, request: JobRequest) -> JobView:
        """Queue a job.

        Raises
        ------
        TooManyJobs
            If the user has ``QUOTA`` jobs waiting or running.
        NotFound, InvalidRequest
            If the request makes no sense for this user.
        """
        found = self.prepare(user_id, request)
        new = [_new_job(user_id, request, found)]
        if found.then is not None:
            new.append(_new_job(user_id, *found.then(new[0].id)))
        if not self.store.add(*new, quota=QUOTA):
            raise _too_many()
        for job in new:
            log.info("job %s is queued", job.id)
        self.wake()
        return self.show(user_id, new[0].id)

    def show(self, user_id: str, job_id: str) -> JobView:
        """The job, or :class:`NotFound`."""
        return self._view(self._find(user_id, job_id))

    def list(self, user_id: str) -> list[JobView]:
        """The user's newest jobs, newest first."""
        records = self.store.newest(user_id, _LISTED)
        state = self._queue_state(*records)
        told = self.publications.of_jobs(user_id, [record.job.id for record in records])
        return [job_view(record, state, told.get(record.job.id, ())) for record in records]

    def cancel(self, user_id: str, job_id: str) -> JobView:
        """End the job as soon as can be; an ended one stays as it is."""
        self._find(user_id, job_id)
        self.store.cancel(user_id, job_id)
        log.info("job %s is to be cancelled", job_id)
        return self.show(user_id, job_id)

    def retry(self, user_id: str, job_id: str) -> JobView:
        """Queue a failed or cancelled job again; finished steps are kept.

        Raises
        ------
        Conflict
            If the job has not ended, or has succeeded.
        TooManyJobs
            If the user has ``QUOTA`` jobs waiting or running.
        """
        if not self.store.retry(user_id, job_id, quota=QUOTA):
            raise _too_many()
        log.info("job %s is queued again", job_id)
        self.wake()
        return self.show(user_id, job_id)

    def delete(self, user_id: str, job_id: str) -> None:
        """Forget the job and its files; :class:`Conflict` while it runs, or another needs it."""
        self._find(user_id, job_id)
        if not self.store.delete(user_id, job_id):
            raise Conflict(
                "The job is running, or what it made is about to be published.",
                hint="Cancel that first.",
            )
        self._remove_files(job_id)
        log.info("job %s is deleted", job_id)

    def artifact(self, user_id: str, job_id: str, name: str) -> WrittenFile:
        """One of the job's artifacts, or :class:`NotFound`."""
        return _found(self.store.artifact(job_id, name, user_id))

    def linked_artifact(self, job_id: str, name: str) -> WrittenFile:
        """An artifact for whoever holds a signed link to it."""
        return _found(self.store.artifact(job_id, name))

    def artifacts(self, user_id: str, job_id: str) -> tuple[WrittenFile, ...]:
        """All of the job's artifacts."""
        return self._find(user_id, job_id).artifacts

    def linked_artifacts(self, job_id: str) -> tuple[WrittenFile, ...]:
        """All artifacts for whoever holds a signed link to them."""
        return tuple(self.store.artifacts(job_id))

    def title(self, job_id: str) -> str:
        """What the job is called, for whoever may have its files; empty if it is gone."""
        return self.store.title(job_id)

    def path(self, job_id: str, artifact: WrittenFile) -> Path:
        """Where an artifact lies; its name comes from a row, never from a request."""
        return self.workspaces / job_id / artifact.name

    def sweep(self) -> None:
        """Delete what is past its time, and folders that no row speaks of."""
        if self.retention_hours > 0:
            while gone := self.store.delete_ended_before(3600.0 * self.retention_hours):
                for job_id in gone:
                    self._remove_files(job_id)
        for job_id in self._orphans():
            self._remove_files(job_id)

    def _orphans(self) -> set[str]:
        if not self.workspaces.is_dir():
            return set()
        before = time.time() - _ORPHAN_AGE_S
        folders = {
            folder.name
            for folder in self.workspaces.iterdir()
            if _JOB_ID.fullmatch(folder.name) and folder.stat().st_mtime < before
        }
        return folders - self.store.known(sorted(folders))

    def _find(self, user_id: str, job_id: str) -> JobRecord:
        record = self.store.find(user_id, job_id)
        if record is None:
            raise NotFound("There is no such job.")
        return record

    def _view(self, record: JobRecord) -> JobView:
        job = record.job
        told = self.publications.of_jobs(job.user_id, [job.id])
        return job_view(record, self._queue_state(record), told.get(job.id, ()))

    def _queue_state(self, *records: JobRecord) -> QueueState | None:
        """The queue, if one of ``records`` waits in it; the others need not ask."""
        if all(record.job.status is not JobStatus.QUEUED for record in records):
            return None
        return QueueState.of(self.store.queue(), self.lanes)

    def _remove_files(self, job_id: str) -> None:
        shutil.rmtree(self.workspaces / job_id, ignore_errors=True)


def needs_any(store: JobStore, user_id: str, ids: Collection[str]) -> bool:
    """Whether a job of the user's that has not ended needs one of these uploads or tracks."""
    requests = map(request_of, store.pending_requests(user_id))
    return any(not set(ids).isdisjoint(request.needed_ids) for request in requests)


def _new_job(user_id: str, request: JobRequest, found: Prepared) -> NewJob:
    return NewJob(
        id=secrets.token_hex(16),
        user_id=user_id,
        kind=request.kind,
        title=found.title,
        request=request.model_dump_json(),
        inputs=found.inputs,
        work_s=max(found.work_s, 1.0),
        lane=found.lane,
        after_job_id=found.after_job_id,
    )


def _found(artifact: WrittenFile | None) -> WrittenFile:
    if artifact is None:
        raise NotFound("There is no such file.")
    return artifact


def _too_many() -> TooManyJobs:
    return TooManyJobs(
        f"You have {QUOTA} jobs waiting or running already.",
        hint="Wait for one to end, or cancel one.",
    )
