"""Step that sets a video's thumbnail and playlist; a refusal by YouTube is only noted.

A temporary refusal, such as a used-up quota, pauses the job instead.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from ...contract.base import Shape
from ...contract.publishing import Privacy
from ...errors import NotBefore, OtherChannel, SegueError, StoreBusy
from ...jobs.pipeline import StepContext
from ...publishing.upload.published_video import PublishedVideo
from .job import PublishJob

RESULT = "dressed.json"
_BUSY_S = 60.0  # before the next attempt if the database was busy


class ThumbnailPlaylistResult(Shape):
    """What happened to thumbnail and playlist."""

    thumbnail_set: bool
    notes: list[str]


def set_thumbnail_and_playlist(ctx: StepContext[PublishJob]) -> None:
    """Set the thumbnail and add the video to its playlist; note what YouTube refuses."""
    job, upload = ctx.job, ctx.job.stored_upload(ctx.workspace)
    notes: list[str] = []
    with job.client() as client:
        video = PublishedVideo(client.api, upload.state.video_id or "", job.resources.retry_policy)
        thumbnail_set = _set_thumbnail(ctx, video, notes)
        _add_to_playlist(ctx, video, notes)
    for note in notes:
        ctx.note(note)
    ctx.workspace.write_shape(
        RESULT, ThumbnailPlaylistResult(thumbnail_set=thumbnail_set, notes=notes)
    )


def _set_thumbnail(ctx: StepContext[PublishJob], video: PublishedVideo, notes: list[str]) -> bool:
    picture = ctx.job.thumbnail(ctx.workspace)
    if picture is None:
        return False
    with _refusal_noted(notes, "The thumbnail is not set"):
        ctx.job.stored_upload(ctx.workspace).require_channel()
        video.set_thumbnail(picture.read_bytes())
        return True
    return False


def _add_to_playlist(ctx: StepContext[PublishJob], video: PublishedVideo, notes: list[str]) -> None:
    job, upload = ctx.job, ctx.job.stored_upload(ctx.workspace)
    request = job.request
    if not request.playlist_id and not request.playlist_title:
        return
    # A public list would show that a video is coming, and its title.
    privacy = cast(Privacy, upload.state.privacy)
    will_be_seen = request.publish_at is not None or request.privacy != "private"
    with _refusal_noted(notes, "The video is in no playlist"):
        upload.require_channel()
        playlist_id = request.playlist_id or upload.state.playlist_id
        if playlist_id is None:
            playlist_id = video.playlist_by_title(request.playlist_title, privacy)
        job.resources.publications.playlist_known(upload.job_id, playlist_id)
        video.add_to_playlist(playlist_id)
        hides = bool(request.playlist_title) and privacy == "private" and will_be_seen
        if hides and video.playlist_is_private(playlist_id):
            notes.append(
                f"The playlist “{request.playlist_title}” is private, like the video so far. "
                "Make it public in YouTube Studio when the video is."
            )
        return
    job.resources.publications.playlist_known(upload.job_id, None)


@contextmanager
def _refusal_noted(notes: list[str], failure: str) -> Iterator[None]:
    """Note a permanent refusal; raise a temporary one again, for a later attempt."""
    try:
        yield
    except NotBefore:
        raise
    except StoreBusy as busy:
        raise NotBefore(busy.message, until_s=time.time() + _BUSY_S) from busy
    except OtherChannel as other:  # that error's hint is about uploading, which is done
        notes.append(f"{failure}: {other.message}")
    except SegueError as error:
        notes.append(f"{failure}: {error.message} {error.hint}".strip())
