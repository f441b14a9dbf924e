"""The publications that are shown on jobs."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract.jobs import PublishRequest
from ...contract.publishing import PublicationState, PublicationView
from ...contract.stored_json import read_lenient
from ...jobs.states import JobStatus
from ...store.publications.records import PublicationRecord, PublicationRecords

_ENDED: dict[JobStatus | None, PublicationState] = {
    JobStatus.QUEUED: "waiting",
    JobStatus.SUCCEEDED: "published",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
}
_COPIED = {"title", "privacy", "publish_at", "video_id", "channel_title", "published_at"}


def publications_of(
    records: PublicationRecords, user_id: str, job_ids: Sequence[str]
) -> dict[str, list[PublicationView]]:
    """List the publications of each mix and of each publish job, oldest first."""
    by_job: dict[str, list[PublicationView]] = {}
    for record in records.of_jobs(user_id, job_ids):
        view = _view(record)
        for job_id in (record.job_id, record.source_job_id):
            by_job.setdefault(job_id, []).append(view)
    return by_job


def video_url(video_id: str) -> str:
    """Address of the video on YouTube."""
    return f"https://www.youtube.com/watch?v={video_id}"


def _view(record: PublicationRecord) -> PublicationView:
    row = record.row
    if row is None:
        return _requested(record)
    url = video_url(row.video_id) if row.video_id else None
    added = {"job_id": record.job_id, "state": _state(record), "url": url}
    return PublicationView.model_validate(row.model_dump(include=_COPIED) | added)


def _requested(record: PublicationRecord) -> PublicationView:
    """View of a publication whose job has not begun."""
    request = read_lenient(PublishRequest(job_id=record.job_id), record.request or "")
    return PublicationView(
        job_id=record.job_id,
        state=_state(record),
        title=record.title,
        privacy=request.privacy,
        publish_at=request.publish_at,
    )


def _state(record: PublicationRecord) -> PublicationState:
    row, status = record.row, record.status
    if status is None:  # the publish job is deleted
        return "published" if row is not None and row.video_id else "failed"
    if status is not JobStatus.RUNNING:
        return _ENDED[status]
    if row is None:
        return "preparing"
    if row.video_id is not None:
        return "processing"
    return "preparing" if row.sealed_session is None else "uploading"
