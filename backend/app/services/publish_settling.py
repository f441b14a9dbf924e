"""What a request to publish stands for, and whether it may go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..contract.jobs import PublishRequest
from ..contract.publishing import Publication
from ..errors import InvalidRequest
from ..jobs.queue import NET
from ..jobs.states import JobStatus
from ..store.jobs import JobStore
from ..store.publications import PublicationStore
from .jobs import Prepared
from .preflight import Preflight
from .publish_inputs import PublishInputs
from .publish_source import PublishSource, source_of


@dataclass(frozen=True, slots=True)
class PublishSettling:
    """Settles publications of the API's users. ``workspaces`` holds the folders of their jobs."""

    store: JobStore
    workspaces: Path
    publications: PublicationStore
    preflight: Preflight

    def settle(self, user_id: str, request: PublishRequest) -> Prepared:
        """A publication of a mix that is finished, or in the making.

        Raises
        ------
        NotFound
            If the user has no such mix.
        InvalidRequest
            If the job makes nothing to publish, or has come to nothing.
        AlreadyPublished
            If the mix is on YouTube already, or on its way there, and is not asked for again.
        NotConfigured, NotConnected, ReconnectNeeded, CannotPublish
            As :meth:`Preflight.expect_clear` has it.
        """
        source = source_of(self.store, self.workspaces, user_id, request.job_id)
        _expect_to_succeed(source)
        if not request.again:
            self.publications.expect_free(user_id, request.job_id)
        self.preflight.expect_clear(user_id, request, source.title, source)
        return _prepared(user_id, request, source.title, source.record.job.work_s)

    def along_with(
        self, user_id: str, wanted: Publication, title: str, work_s: float, job_id: str
    ) -> tuple[PublishRequest, Prepared]:
        """A publication of a mix whose job is queued along with it."""
        request = PublishRequest(job_id=job_id, **wanted.model_dump())
        return request, _prepared(user_id, request, title, work_s)


def _prepared(user_id: str, request: PublishRequest, title: str, work_s: float) -> Prepared:
    inputs = PublishInputs(request=request, user_id=user_id, title=request.title or title)
    return Prepared(
        inputs.title, inputs.model_dump_json(), work_s, lane=NET, after_job_id=request.job_id
    )


def _expect_to_succeed(source: PublishSource) -> None:
    if source.record.job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        raise InvalidRequest(
            "The mix did not come to its end, so there is nothing to publish.",
            hint="Retry its job first.",
        )
