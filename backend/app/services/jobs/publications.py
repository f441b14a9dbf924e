"""The publications that are shown on jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from ...contract.jobs import PublishRequest
from ...contract.publishing import Privacy, PublicationState, PublicationView
from ...contract.stored_json import read_lenient
from ...jobs.states import PENDING, JobStatus
from ...publishing.youtube.remarks import refusal_of, remarks_of, studio_url
from ...store.database import record_of
from ...store.publications.looks import VideoFacts
from ...store.publications.records import PublicationRecord, PublicationRecords

_ENDED: dict[JobStatus | None, PublicationState] = {
    JobStatus.QUEUED: "waiting",
    JobStatus.SUCCEEDED: "published",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
}
_COPIED = {
    *("title", "privacy", "publish_at", "video_id", "channel_title", "published_at"),
    "looked_at",
}


class _AfterChecks(TypedDict, total=False):
    """Fields of a publication's view."""

    then_privacy: Privacy
    then_publish_at: datetime | None


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
    facts = record_of(VideoFacts, row)
    added = {
        "job_id": record.job_id,
        "state": _state(record),
        "url": video_url(row.video_id) if row.video_id else None,
        "studio_url": studio_url(row.video_id) if row.video_id else None,
        "remarks": list(remarks_of(facts, row.privacy_before)),
        "looks_again_at": row.look_at,
        **_after_checks(record),
    }
    return PublicationView.model_validate(row.model_dump(include=_COPIED) | added)


def _requested(record: PublicationRecord) -> PublicationView:
    """View of a publication whose job has not begun."""
    request = _request(record)
    waits = request.is_checked_first
    return PublicationView(
        job_id=record.job_id,
        state=_state(record),
        title=record.title,
        privacy="private" if waits else request.privacy,
        publish_at=None if waits else request.publish_at,
        **_after_checks(record),
    )


def _after_checks(record: PublicationRecord) -> _AfterChecks:
    """The privacy that the job will give the video after YouTube's checks."""
    if record.status not in PENDING:
        return {}
    request = _request(record)
    if not request.is_checked_first:
        return {}
    return {"then_privacy": request.privacy, "then_publish_at": request.publish_at}


def _request(record: PublicationRecord) -> PublishRequest:
    return read_lenient(PublishRequest(job_id=record.job_id), record.request or "")


def _state(record: PublicationRecord) -> PublicationState:
    row, status = record.row, record.status
    if row is not None and refusal_of(record_of(VideoFacts, row)):
        return "rejected"
    if row is not None and row.video_id is not None and status in PENDING:
        return "processing"
    if status is None:  # the publish job is deleted
        return "published" if row is not None and row.video_id else "failed"
    if status is not JobStatus.RUNNING:
        return _ENDED[status]
    if row is None:
        return "preparing"
    return "preparing" if row.sealed_session is None else "uploading"
