"""Publishing: from a finished mix to a video on YouTube. The recipe, readable as one.

Every step can be taken any number of times: what stands on YouTube already is found, not made
again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..accounts.keys import secrets_for
from ..accounts.sealing import Seal
from ..contract.base import Shape
from ..contract.publishing import YouTubeRecord
from ..errors import NotBefore, NotFound, OtherChannel, SegueError, StoreBusy
from ..jobs.pipeline import Pipeline, Step, StepContext
from ..jobs.workspace import sha256_of
from ..publishing.dressing import Dressing
from ..publishing.kept_upload import marker_of
from ..publishing.limits import limits_of
from ..publishing.own_uploads import find_marked
from ..publishing.pace import Pace
from ..publishing.resumable import MEDIA_TYPE, Upload, VideoFile
from ..publishing.youtube_connection import youtube_connections
from ..settings import Settings
from ..store.blobs import ContentStore
from ..store.database import open_database
from ..store.jobs import JobStore
from ..store.publications import NewPublication, PublicationStore
from .preflight import Preflight, expect_connection
from .publications import video_url
from .publish_film import film_source
from .publish_inputs import PublishInputs, PublishJob
from .publish_source import source_of

RECORD = "youtube.json"
_DRESSED = "dressed.json"
_MB = 1e6
_DAY_S = 24 * 3600.0
_BUSY_S = 60.0  # after which a database that was busy is asked again


def check(ctx: StepContext[PublishJob]) -> None:
    """Make sure that the video may go, now that all of it is known; and that nobody else is at it.

    Of one whose upload has begun YouTube knows all that there is to check.
    """
    job, request = ctx.job, ctx.job.request
    expect_connection(job.connections.status(job.inputs.user_id))
    kept = job.kept(ctx.workspace)
    job.store.begin(
        NewPublication(
            job_id=kept.job_id,
            user_id=kept.user_id,
            source_job_id=request.job_id,
            marker=marker_of(kept.job_id),
            title=job.inputs.title,
            privacy=request.privacy,
            publish_at=request.publish_at,
            again=request.again,
        )
    )
    if kept.state.sessions == 0:
        job.preflight.expect_clear(kept.user_id, request, job.inputs.title, job.source)
        job.store.expect_not_online(kept.job_id)


def upload(ctx: StepContext[PublishJob]) -> None:
    """Send the film, and know the video's id."""
    job, kept = ctx.job, ctx.job.kept(ctx.workspace)
    if kept.state.video_id is not None:
        return
    film = _film(job, ctx)
    with job.youtube() as (http, api), film.open("rb") as file:
        from googleapiclient.http import MediaIoBaseUpload

        insert = api.videos().insert(
            part="snippet,status",
            body=job.resource(kept.job_id),
            notifySubscribers=job.request.notify_subscribers,
            media_body=MediaIoBaseUpload(file, mimetype=MEDIA_TYPE, resumable=True),
        )
        video = VideoFile(file, film.stat().st_size, sha256_of(film))

        def progress(done: float) -> None:
            size_mb = video.size_bytes / _MB
            ctx.say(f"{done * size_mb:.0f} of {size_mb:.0f} MB")
            ctx.progress(done)

        marker, since, pace = marker_of(kept.job_id), kept.state.created_at, job.pace
        Upload(
            http=http,
            insert=insert,
            video=video,
            kept=kept,
            find_ours=lambda: find_marked(api, marker, since=since, sleep=pace.sleep),
            pace=pace,
            progress=progress,
        ).run()


class _Dressed(Shape):
    """What came of the thumbnail and the playlist."""

    thumbnail_set: bool
    notes: list[str]


def dress(ctx: StepContext[PublishJob]) -> None:
    """Set the thumbnail and fill the playlist; whatever YouTube refuses there, the video stands.

    What is only out of the question for now, such as by a spent quota, is waited for.
    """
    job, kept = ctx.job, ctx.job.kept(ctx.workspace)
    notes: list[str] = []
    with job.youtube() as (_, api):
        dressing = Dressing(api, kept.state.video_id or "", job.pace)
        has_thumbnail = _set_thumbnail(ctx, dressing, notes)
        _fill_playlist(ctx, dressing, notes)
    for note in notes:
        ctx.note(note)
    with ctx.workspace.write(_DRESSED) as path:
        path.write_text(_Dressed(thumbnail_set=has_thumbnail, notes=notes).model_dump_json())


def _set_thumbnail(ctx: StepContext[PublishJob], dressing: Dressing, notes: list[str]) -> bool:
    picture = ctx.job.thumbnail(ctx.workspace)
    if picture is None:
        return False
    with _noting(notes, "The thumbnail is not set"):
        ctx.job.kept(ctx.workspace).expect_channel()
        dressing.set_thumbnail(picture.read_bytes())
        return True
    return False


def _fill_playlist(ctx: StepContext[PublishJob], dressing: Dressing, notes: list[str]) -> None:
    job, kept = ctx.job, ctx.job.kept(ctx.workspace)
    request = job.request
    if not request.playlist_id and not request.playlist_title:
        return
    # Who schedules a video wants it to be seen, and its playlist too.
    privacy = "public" if request.publish_at else request.privacy
    with _noting(notes, "The video is in no playlist"):
        kept.expect_channel()
        playlist_id = request.playlist_id or kept.state.playlist_id
        if playlist_id is None:
            playlist_id = dressing.playlist_called(request.playlist_title, privacy)
        job.store.playlist_known(kept.job_id, playlist_id)
        dressing.put_into(playlist_id)
        return
    job.store.playlist_known(kept.job_id, None)


@contextmanager
def _noting(notes: list[str], what_is_not: str) -> Iterator[None]:
    """A refusal is a note; what can be done later is left to a later attempt."""
    try:
        yield
    except NotBefore:
        raise
    except StoreBusy as busy:
        raise NotBefore(busy.message, until_s=time.time() + _BUSY_S) from busy
    except OtherChannel as other:  # its hint is for who still has to upload
        notes.append(f"{what_is_not}: {other.message}")
    except SegueError as error:
        notes.append(f"{what_is_not}: {error.message} {error.hint}".strip())


def note(ctx: StepContext[PublishJob]) -> None:
    """Write down what stands on YouTube."""
    job, kept = ctx.job, ctx.job.kept(ctx.workspace)
    state, request = kept.state, job.request
    dressed = _Dressed.model_validate_json(ctx.workspace.path(_DRESSED).read_text())
    record = YouTubeRecord(
        video_id=state.video_id or "",
        url=video_url(state.video_id or ""),
        title=job.inputs.title,
        privacy=request.privacy,
        publish_at=request.publish_at,
        channel_id=state.channel_id,
        channel_title=state.channel_title,
        playlist_id=state.playlist_id,
        thumbnail_set=dressed.thumbnail_set,
        size_bytes=state.size_bytes or 0,
        sha256=state.sha256 or "",
        notes=dressed.notes,
    )
    with ctx.workspace.write(RECORD, "application/json") as path:
        path.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    job.store.finished(kept.job_id)


def _film(job: PublishJob, ctx: StepContext[PublishJob]) -> Path:
    film = job.film(ctx.workspace)
    if not film.is_file():
        raise NotFound("The film of the mix is no longer there.", hint="Make the mix anew.")
    return film


# Seconds for a second of music: 1080p is some 2 Mbit/s here, and lines differ.
STEPS: tuple[Step[PublishJob], ...] = (
    Step("checking", check, weight=0.001),
    Step("filming", film_source, weight=0.03, when=lambda job: not job.has_film),
    Step("uploading", upload, weight=0.1, limit_s=lambda _: _DAY_S),
    Step("dressing", dress, weight=0.002, limit_s=lambda _: _DAY_S / 24),
    Step("noting", note, weight=0.0001),
)


def publish_pipeline(settings: Settings) -> Pipeline[PublishJob]:
    """The steps of a publication, as the settings have it."""
    return paced_pipeline(settings, Pace())


def paced_pipeline(settings: Settings, pace: Pace) -> Pipeline[PublishJob]:
    """The same at another pace."""
    storage = settings.storage_root
    keys = secrets_for("tokens_encryption_key", settings.tokens_encryption_key, storage / "secrets")
    seal = Seal(keys)
    url = settings.database_url or f"sqlite:///{storage.resolve()}/segue.db"
    database = open_database(url, migrate=False)
    jobs = JobStore(database)
    connections = youtube_connections(settings, database, seal)
    store, limits = PublicationStore(database), limits_of(settings)
    preflight = Preflight(jobs, storage / "jobs", connections, store, limits)

    def open_job(text: str) -> PublishJob:
        inputs = PublishInputs.model_validate_json(text)
        source = source_of(jobs, storage / "jobs", inputs.user_id, inputs.request.job_id)
        return PublishJob(
            inputs=inputs,
            source=source,
            source_inputs=jobs.inputs(inputs.user_id, inputs.request.job_id),
            settings=settings,
            content=ContentStore(storage),
            store=store,
            connections=connections,
            preflight=preflight,
            seal=seal,
            pace=pace,
        )

    return Pipeline(open_job, STEPS)
