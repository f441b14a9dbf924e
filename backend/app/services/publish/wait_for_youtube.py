"""Steps after the upload: wait until YouTube has processed the video, then release it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, get_args

from googleapiclient.discovery import Resource

from ...contract.base import Shape
from ...contract.publishing import Privacy
from ...errors import (
    CannotPublish,
    NotBefore,
    NotProcessed,
    OtherChannel,
    StoreBusy,
    YouTubeRefused,
    YouTubeUnreachable,
)
from ...jobs.pipeline import StepContext
from ...publishing.upload.published_video import PublishedVideo
from ...publishing.youtube.look import look_at
from ...publishing.youtube.remarks import claims_of, refusal_of, studio_url
from ...publishing.youtube.video_parts import VideoStatus
from ...store.publications.looks import VideoFacts
from .job import PublishJob

RESULT = "looked.json"
CANNOT_LOOK = (
    "This connection may only upload, so Segue cannot look at what becomes of the video. "
    "YouTube Studio shows it."
)

Answer = Literal["ready", "processing", "settling", "missing"]


class LookResult(Shape):
    """Why Segue did not look at the video."""

    notes: list[str]


def wait_until_processed(ctx: StepContext[PublishJob]) -> None:
    """Look at the video until YouTube has processed it; pause the job between later looks.

    Raise ``CannotPublish`` if YouTube failed to process the video or rejected it; its code names
    the reason. Raise ``NotProcessed`` a day after the upload.
    """
    notes = []
    if ctx.job.resources.connections.status(ctx.job.inputs.user_id).may_manage:
        try:
            ctx.job.stored_upload(ctx.workspace).require_channel()
            answer = _look_repeatedly(ctx)
        except (OtherChannel, YouTubeRefused) as error:  # its hint is for uploads: this one is done
            if ctx.job.request.is_checked_first:
                raise
            notes = [f"Segue did not see what became of the video: {error.message}"]
        else:
            if answer != "ready":
                raise _pause(ctx, answer)
    else:
        notes = [CANNOT_LOOK]
    for note in notes:
        ctx.note(note)
    ctx.workspace.write_shape(RESULT, LookResult(notes=notes))


def _look_repeatedly(ctx: StepContext[PublishJob]) -> Answer:
    """Look some times at a new video, once at an older one, until it is processed.

    A single answer may lack a video, so one that is missing is looked at again, too.
    """
    resources, upload = ctx.job.resources, ctx.job.stored_upload(ctx.workspace)
    is_new = upload.state.looked_at is None
    answer: Answer = "processing"
    with ctx.job.client() as client:
        for wait_s in resources.look_policy.at_once_s:
            resources.retry_policy.sleep(wait_s)
            answer = "processing"
            with suppress(YouTubeUnreachable, StoreBusy):
                answer = _look(ctx, client.api)
            if answer != "missing" and not (is_new and answer == "processing"):
                break
    if answer == "missing":
        resources.looks.not_listed(upload.job_id, at=datetime.now(UTC))
        _require_watchable(resources.looks.facts(upload.job_id), upload.state.video_id or "")
    return answer


def _look(ctx: StepContext[PublishJob], api: Resource) -> Answer:
    """Look once, and record what YouTube says; raise ``CannotPublish`` if it refuses the video."""
    job, upload = ctx.job, ctx.job.stored_upload(ctx.workspace)
    looks, now = job.resources.looks, datetime.now(UTC)
    video_id, sleep = upload.state.video_id or "", job.resources.retry_policy.sleep
    seen = look_at(api, video_id, sleep=sleep)
    if seen is None:
        was_listed = looks.facts(upload.job_id).upload_status is not None
        return "missing" if was_listed else "processing"  # YouTube's list lags behind
    looks.seen(upload.job_id, seen, at=now)
    facts = looks.facts(upload.job_id)
    _require_watchable(facts, video_id)
    if not job.request.is_checked_first:
        return "processing" if facts.upload_status == "uploaded" else "ready"
    if facts.upload_status != "processed":
        return "processing"
    processed_at = upload.state.processed_at or now
    is_settled = now - processed_at >= job.resources.look_policy.first_wait
    return "ready" if is_settled else "settling"


def _require_watchable(facts: VideoFacts, video_id: str) -> None:
    """Raise ``CannotPublish`` if YouTube refuses the video; its code names the reason."""
    if refusal := refusal_of(facts):
        hint = f"{refusal.hint} {studio_url(video_id)}"
        raise CannotPublish(refusal.message, hint=hint, code=refusal.code)


def _pause(ctx: StepContext[PublishJob], answer: Answer) -> NotBefore | NotProcessed:
    """The error that ends this attempt: look again later, or give up."""
    state, now = ctx.job.stored_upload(ctx.workspace).state, datetime.now(UTC)
    policy = ctx.job.resources.look_policy
    if answer == "settling" and state.processed_at:
        until = state.processed_at + policy.first_wait
        return NotBefore(
            "The video is private until YouTube's checks are done.", until_s=until.timestamp()
        )
    next_look = policy.next_look(state.uploaded_at or state.created_at, now)
    if next_look is None:
        return NotProcessed(
            "A day after the upload, YouTube has not processed the video.",
            hint=f"Retry to look again. {studio_url(state.video_id or '')}",
        )
    return NotBefore("YouTube is processing the video.", until_s=next_look.timestamp())


def release(ctx: StepContext[PublishJob]) -> None:
    """Give a video that waited for YouTube's checks the requested privacy, if it is clear.

    It is looked at just before, as this step may wait for a quota until the next day. If YouTube
    refuses the change, the video stays private, which the record then notes.
    """
    job, upload = ctx.job, ctx.job.stored_upload(ctx.workspace)
    upload.require_channel()
    at = job.request.publish_at
    has_passed = at is not None and at <= datetime.now(UTC)
    with job.client() as client, suppress(YouTubeRefused):
        if not _is_clear(ctx, client.api):
            return
        video_id = upload.state.video_id or ""
        video = PublishedVideo(client.api, video_id, job.resources.retry_policy)
        if has_passed:
            made = video.release("public", None)
        else:
            made = video.release(job.request.privacy, at)
        _is_clear(ctx, client.api, made)


def _is_clear(ctx: StepContext[PublishJob], api: Resource, made: VideoStatus | None = None) -> bool:
    """Look at the video, and record what YouTube says; whether no claim stands against it.

    ``made`` is the status that a change has given it, which YouTube's lists may not show yet.
    """
    job, upload = ctx.job, ctx.job.stored_upload(ctx.workspace)
    looks, video_id = job.resources.looks, upload.state.video_id or ""
    if seen := look_at(api, video_id, sleep=job.resources.retry_policy.sleep):
        if made is not None and made.privacy in get_args(Privacy):
            seen = replace(seen, privacy=made.privacy, publish_at=made.publish_at)
        looks.seen(upload.job_id, seen, at=datetime.now(UTC))
    facts = looks.facts(upload.job_id)
    _require_watchable(facts, video_id)
    return not claims_of(facts)
