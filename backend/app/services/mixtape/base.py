"""Find the base of a re-render, that is, an earlier mixtape."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract.mixes import FileReport, ReportView, TimelineView
from ...contract.stored_json import OtherVersion, read_stored
from ...errors import InvalidRequest, NotFound
from ...jobs.states import JobStatus
from ...store.files.workspaces import Workspaces
from ...store.jobs.job_store import JobStore
from ..files.artifacts import read_artifact
from ..files.names import REPORT, TIMELINE
from .inputs import MixtapeInputs


@dataclass(frozen=True, slots=True)
class BaseMix:
    """The stored inputs and the timeline of an earlier mixtape."""

    inputs: MixtapeInputs
    timeline: TimelineView
    is_finished: bool = True


@dataclass(frozen=True, slots=True)
class BaseMixes:
    """Finds users' mixtapes; ``workspaces`` holds the jobs' folders."""

    store: JobStore
    workspaces: Workspaces

    def find(self, user_id: str, job_id: str) -> BaseMix:
        """Find a mixtape whose timeline exists.

        Raise :class:`NotFound` if the user has no such job, :class:`InvalidRequest` if it isn't a
        mixtape or isn't planned yet, and :class:`OtherVersion` if another version stored it
        differently.
        """
        record, inputs = self.store.find(user_id, job_id), self.store.inputs(user_id, job_id)
        if record is None or inputs is None:
            raise NotFound("There is no such mixtape.", hint="Choose one of your jobs.")
        if record.job.kind != "mixtape":
            raise InvalidRequest("This job isn't a mixtape.", hint="Choose a mixtape.")
        timeline = read_artifact(self.workspaces, record, TIMELINE, TimelineView)
        if timeline is None:
            raise InvalidRequest(
                "This mixtape has no timeline yet.", hint="Wait until its joins are planned."
            )
        finished = record.job.status is JobStatus.SUCCEEDED
        return BaseMix(read_stored(MixtapeInputs, inputs), timeline, finished)

    def with_base(self, user_id: str, inputs: MixtapeInputs) -> MixtapeInputs:
        """Add the base mixtape's timeline and the levels of its files, if there is a base.

        Raises what :meth:`find` does, and :class:`InvalidRequest` if the base isn't finished or has
        other tracks.
        """
        job_id = inputs.request.based_on
        if job_id is None:
            return inputs
        base = self.find(user_id, job_id)
        if not base.is_finished:
            raise InvalidRequest(
                "The mixtape to start from is not finished.", hint="Wait until it is."
            )
        if _track_ids(base.inputs) != _track_ids(inputs):
            raise InvalidRequest(
                "The mixtape to start from has other tracks.",
                hint="Pick the same tracks, or start a new mixtape.",
            )
        files = self._files(user_id, job_id) if _encoded_alike(base.inputs, inputs) else ()
        return inputs.model_copy(update={"base": base.timeline, "base_files": files})

    def _files(self, user_id: str, job_id: str) -> tuple[FileReport, ...]:
        """The files in a mixtape's report; none if another version wrote it differently."""
        record = self.store.find(user_id, job_id)
        try:
            report = record and read_artifact(self.workspaces, record, REPORT, ReportView)
        except OtherVersion:
            return ()
        return tuple(report.files) if report else ()


def _encoded_alike(one: MixtapeInputs, other: MixtapeInputs) -> bool:
    """Whether two mixtapes have the same loudness and the same bit rates."""
    first, second = (
        (inputs.loudness_lufs, inputs.request.bitrate_kbps, inputs.request.mp3_vbr)
        for inputs in (one, other)
    )
    return first == second


def _track_ids(inputs: MixtapeInputs) -> list[str]:
    return sorted(track.track_id for track in inputs.tracks)
