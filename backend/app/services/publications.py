"""The record of publications, as it stands on the jobs of mixes and on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..contract.jobs import PublishRequest
from ..contract.publishing import PublicationState, PublicationView
from ..jobs.states import JobStatus
from ..store.publication_records import PublicationRecord, PublicationRecords
from ..store.publication_tables import PublicationRow

_ENDED: dict[JobStatus | None, PublicationState] = {
    JobStatus.QUEUED: "waiting",
    JobStatus.SUCCEEDED: "published",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Publications:
    """What there is to tell of users' publications."""

    records: PublicationRecords

    def of_jobs(self, user_id: str, job_ids: Sequence[str]) -> dict[str, list[PublicationView]]:
        """By job: its own publication, or those of what it made, oldest first."""
        told: dict[str, list[PublicationView]] = {}
        for record in self.records.told_of(user_id, job_ids):
            view = _view(record)
            for job_id in (record.job_id, record.source_job_id):
                told.setdefault(job_id, []).append(view)
        return told


def video_url(video_id: str) -> str:
    """Where people watch the video."""
    return f"https://www.youtube.com/watch?v={video_id}"


def _view(record: PublicationRecord) -> PublicationView:
    row = record.row
    view = _asked_for(record) if row is None else _begun(row)
    return view.model_copy(update={"job_id": record.job_id, "state": _state(record)})


def _asked_for(record: PublicationRecord) -> PublicationView:
    request = PublishRequest.model_validate_json(record.request or "{}")
    return PublicationView(
        job_id=record.job_id,
        state="waiting",
        title=record.title,
        privacy=request.privacy,
        publish_at=request.publish_at,
    )


def _begun(row: PublicationRow) -> PublicationView:
    return PublicationView.model_validate(
        {
            "job_id": row.job_id,
            "state": "waiting",
            "title": row.title,
            "privacy": row.privacy,
            "publish_at": row.publish_at,
            "video_id": row.video_id,
            "url": row.video_id and video_url(row.video_id),
            "channel_title": row.channel_title,
            "published_at": row.published_at,
        }
    )


def _state(record: PublicationRecord) -> PublicationState:
    row, status = record.row, record.status
    if status is None:  # its job is gone
        return "published" if row is not None and row.video_id else "failed"
    if status is not JobStatus.RUNNING:
        return _ENDED[status]
    if row is None:
        return "preparing"
    if row.video_id is not None:
        return "processing"
    return "preparing" if row.sealed_session is None else "uploading"
