"""Mixtapes planned before, which a new job goes on from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..contract.mixes import TimelineView
from ..errors import InvalidRequest, NotFound
from ..jobs.states import JobStatus
from ..store.job_records import JobRecord
from ..store.jobs import JobStore
from .mix_files import TIMELINE
from .mixtape_inputs import MixtapeInputs


@dataclass(frozen=True, slots=True)
class EarlierMix:
    """What a mixtape was made of, and how it was laid out."""

    inputs: MixtapeInputs
    timeline: TimelineView


@dataclass(frozen=True, slots=True)
class EarlierMixes:
    """Mixtape jobs by their ids; a stranger's is none. ``workspaces`` holds their folders."""

    store: JobStore
    workspaces: Path

    def planned(self, user_id: str, job_id: str) -> EarlierMix:
        """A mixtape that has its timeline.

        Raises
        ------
        NotFound
            If the user has no such job.
        InvalidRequest
            If it is no mixtape, or is not planned yet.
        """
        record, inputs = self.store.find(user_id, job_id), self.store.inputs(user_id, job_id)
        if record is None or inputs is None:
            raise NotFound("There is no such mixtape.", hint="Choose one of your jobs.")
        if record.job.kind != "mixtape":
            raise InvalidRequest("This job is no mixtape.", hint="Choose one that is.")
        return EarlierMix(MixtapeInputs.model_validate_json(inputs), self._timeline(record))

    def base_for(self, user_id: str, inputs: MixtapeInputs) -> TimelineView | None:
        """The timeline that ``inputs`` asks to be based on; None if it asks for none.

        Raises
        ------
        NotFound
            If the user has no such job.
        InvalidRequest
            If it is not a mixtape of the same tracks that has succeeded.
        """
        job_id = inputs.request.based_on
        if job_id is None:
            return None
        earlier = self.planned(user_id, job_id)
        record = self.store.find(user_id, job_id)
        if record is None or record.job.status is not JobStatus.SUCCEEDED:
            raise InvalidRequest("The mixtape to go on from is not finished.", hint="Let it end.")
        if _track_ids(earlier.inputs) != _track_ids(inputs):
            raise InvalidRequest(
                "The mixtape to go on from is made of other tracks.",
                hint="Pick the same tracks, or start a mixtape of its own.",
            )
        return earlier.timeline

    def _timeline(self, record: JobRecord) -> TimelineView:
        if TIMELINE in (artifact.name for artifact in record.artifacts):
            path = self.workspaces / record.job.id / TIMELINE
            try:
                return TimelineView.model_validate_json(path.read_text(encoding="utf-8"))
            except (FileNotFoundError, ValidationError):  # gone at this very moment, or too old
                pass
        raise InvalidRequest(
            "This mixtape has no timeline yet.", hint="Wait until its joins are planned."
        )


def _track_ids(inputs: MixtapeInputs) -> list[str]:
    return sorted(track.track_id for track in inputs.tracks)
