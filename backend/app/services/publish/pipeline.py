"""The steps of a publish job: from a finished mix to a video on YouTube.

Every step can be repeated: before it creates something on YouTube, it searches for it there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from googleapiclient.http import MediaIoBaseUpload

from ...contract.publishing import Privacy, Publication, YouTubeRecord
from ...contract.stored_json import read_stored
from ...errors import NotFound
from ...jobs.pipeline import Pipeline, Step, StepContext
from ...jobs.workspace import sha256_of
from ...publishing.upload.find_upload import UploadSearch
from ...publishing.upload.resumable import MEDIA_TYPE, VideoFile, VideoUpload
from ...publishing.upload.stored_upload import StoredUpload, marker_of
from ...publishing.youtube.client import YouTubeClient
from ...publishing.youtube.remarks import claims_of
from ...store.publications.looks import VideoFacts
from ...store.publications.publications import NewPublication, UploadState
from ..jobs.publications import video_url
from .film_source import film_source
from .inputs import PublishInputs
from .job import PublishJob, PublishResources
from .preflight import require_connection
from .thumbnail_playlist import RESULT, ThumbnailPlaylistResult, set_thumbnail_and_playlist
from .wait_for_youtube import RESULT as LOOKED
from .wait_for_youtube import LookResult, release, wait_until_processed

RECORD = "youtube.json"
_MB = 1e6
_DAY_S = 24 * 3600.0


def check(ctx: StepContext[PublishJob]) -> None:
    """Check that YouTube will accept the video, and that no other job publishes the mix.

    Nothing is checked once an upload has begun, as YouTube then checks the video itself.
    """
    job, request = ctx.job, ctx.job.request
    require_connection(job.resources.connections.status(job.inputs.user_id))
    upload = job.stored_upload(ctx.workspace)
    job.resources.publications.begin(
        NewPublication(
            job_id=upload.job_id,
            user_id=upload.user_id,
            source_job_id=request.job_id,
            marker=marker_of(upload.job_id),
            title=job.inputs.title,
            privacy="private" if request.is_checked_first else request.privacy,
            publish_at=None if request.is_checked_first else request.publish_at,
            again=request.again,
        )
    )
    if upload.state.sessions == 0:
        job.resources.preflight.require_clear(upload.user_id, request, job.inputs.title, job.source)
        job.resources.publications.require_not_online(upload.job_id)


def upload_film(ctx: StepContext[PublishJob]) -> None:
    """Upload the film and store the video's id."""
    job, stored = ctx.job, ctx.job.stored_upload(ctx.workspace)
    if stored.state.video_id is not None:
        return
    film = job.film(ctx.workspace)
    if not film.is_file():
        raise NotFound("The film of the mix is no longer there.", hint="Make the mix again.")
    with job.client() as client, film.open("rb") as file:
        video = VideoFile(file, film.stat().st_size, sha256_of(film))
        _upload_of(ctx, client, video, stored).run()


def _upload_of(
    ctx: StepContext[PublishJob], client: YouTubeClient, video: VideoFile, stored: StoredUpload
) -> VideoUpload:
    """The upload of the film, as far as it has come."""
    job, policy = ctx.job, ctx.job.resources.retry_policy
    ctx.say(f"{max(1, round(video.size_bytes / _MB))} MB")  # the share is the step's progress
    return VideoUpload(
        http=client.http,
        insert=client.api.videos().insert(
            part="snippet,status",
            body=job.video_resource(stored.job_id),
            notifySubscribers=job.request.notify_subscribers,
            media_body=MediaIoBaseUpload(video.file, mimetype=MEDIA_TYPE, resumable=True),
        ),
        video=video,
        stored=stored,
        search=UploadSearch(
            client.api,
            marker_of(stored.job_id),
            since=stored.state.created_at,
            size_bytes=lambda: stored.state.size_bytes,
            sleep=policy.sleep,
        ),
        require_quota=job.resources.connections.require_uploads_left,
        retry_policy=policy,
        progress=ctx.progress,
    )


def write_record(ctx: StepContext[PublishJob]) -> None:
    """Write ``youtube.json``, mark the publication as finished, and plan the next look."""
    job, upload = ctx.job, ctx.job.stored_upload(ctx.workspace)
    state, request = upload.state, job.request
    result = ctx.workspace.read_shape(RESULT, ThumbnailPlaylistResult)
    known = [*result.notes, *ctx.workspace.read_shape(LOOKED, LookResult).notes]
    facts, now = job.resources.looks.facts(upload.job_id), datetime.now(UTC)
    notes = [*known, *_claims(request, state, facts), *_changed_privacy(request, state, facts)]
    for note in notes[len(known) :]:
        ctx.note(note)
    record = YouTubeRecord(
        video_id=state.video_id or "",
        url=video_url(state.video_id or ""),
        title=job.inputs.title,
        privacy=cast(Privacy, state.privacy),
        publish_at=state.publish_at,
        channel_id=state.channel_id,
        channel_title=state.channel_title,
        playlist_id=state.playlist_id,
        thumbnail_set=result.thumbnail_set,
        size_bytes=state.size_bytes or 0,
        sha256=state.sha256 or "",
        notes=notes,
    )
    ctx.workspace.write_shape(RECORD, record, artifact=True, indent=1)
    job.resources.publications.finished(upload.job_id)
    uploaded_at, policy = state.uploaded_at or now, job.resources.look_policy
    next_look = policy.next_look(uploaded_at, now, state.publish_at)
    job.resources.looks.look_again(upload.job_id, next_look)


def _claims(requested: Publication, made: UploadState, facts: VideoFacts) -> Iterator[str]:
    """Yield a note for each thing that stands against the video."""
    is_private = made.privacy == "private" and made.publish_at is None
    stays = "The video stays private. " if requested.is_checked_first and is_private else ""
    yield from (f"{stays}{one.message} {one.hint}" for one in claims_of(facts))


def _changed_privacy(requested: Publication, made: UploadState, facts: VideoFacts) -> Iterator[str]:
    """Yield a note if YouTube gave the video another privacy than requested."""
    if requested.is_checked_first and (claims_of(facts) or _is_public_by_now(requested, made)):
        return
    if made.privacy != requested.privacy:
        yield (
            f"YouTube made the video {made.privacy}, not {requested.privacy}. "
            "Change it in YouTube Studio."
        )
    elif requested.publish_at is not None and made.publish_at is None:
        yield "YouTube did not keep the time to go public. Set it in YouTube Studio."


def _is_public_by_now(requested: Publication, made: UploadState) -> bool:
    """Whether the time to go public passed while the video waited for YouTube's checks."""
    return requested.publish_at is not None and made.privacy == "public"


# Estimated seconds per second of music: a 1080p film has about 2 Mbit/s; the speed of the user's
# connection is unknown.
STEPS: tuple[Step[PublishJob], ...] = (
    Step("checking", check, weight=0.001),
    Step("filming", film_source, weight=0.03, when=lambda job: not job.has_film),
    Step("uploading", upload_film, weight=0.1, limit_s=lambda _: _DAY_S),
    Step("dressing", set_thumbnail_and_playlist, weight=0.002, limit_s=lambda _: _DAY_S / 24),
    Step("processing", wait_until_processed, weight=0.002, limit_s=lambda _: _DAY_S / 24),
    Step(
        "releasing",
        release,
        weight=0.0001,
        when=lambda job: job.request.is_checked_first,
        limit_s=lambda _: _DAY_S / 24,
    ),
    Step("noting", write_record, weight=0.0001),
)


def publish_pipeline(resources: PublishResources) -> Pipeline[PublishJob]:
    """Create the pipeline of publish jobs."""

    def open_job(text: str) -> PublishJob:
        inputs = read_stored(PublishInputs, text)
        user_id, mix = inputs.user_id, inputs.request.job_id
        return PublishJob(
            inputs=inputs,
            source=resources.preflight.source(user_id, mix),
            source_inputs=resources.jobs.inputs(user_id, mix),
            resources=resources,
        )

    return Pipeline(open_job, STEPS)
