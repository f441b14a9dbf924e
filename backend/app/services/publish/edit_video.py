"""Change a published video on YouTube: texts, audience, declarations, thumbnail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from ...contract.publishing import FaultView, Privacy
from ...contract.video_edits import VideoEdit, VideoEditCheck, VideoView
from ...errors import (
    CannotPublish,
    NotFound,
    OtherChannel,
    ReconnectNeeded,
    SegueError,
    VideoGone,
    YouTubeRefused,
)
from ...publishing.preflight import Draft, PreflightContext, find_faults
from ...publishing.upload.published_video import PublishedVideo
from ...publishing.upload.retry_policy import RetryPolicy
from ...publishing.upload.upload_responses import fault_of
from ...publishing.youtube.client import YouTubeClient
from ...publishing.youtube.connection import YouTubeConnections
from ...publishing.youtube.limits import YouTubeLimits, tags_length
from ...publishing.youtube.look import LookPolicy
from ...publishing.youtube.video_parts import VideoParts, read_parts, update_parts
from ...store.files.blobs import ContentStore
from ...store.files.workspaces import Workspaces
from ...store.library import LibraryStore
from ...store.publications.edits import EditedVideo, VideoEditStore
from ...store.publications.looks import VideoLooks
from ..files.names import THUMBNAIL
from ..jobs.publications import video_url
from .preflight import require_connection

# A page waits half a minute, for four requests: reading, changing, and a thumbnail twice.
_TIMEOUT_S = 7.0
_THUMBNAIL_RETRIES = RetryPolicy(first_wait_s=0.5, longest_pause_s=5.0, most_failures=2)


@dataclass(frozen=True, slots=True)
class VideoEdits:
    """Changes of users' published videos; ``workspaces`` holds the jobs' folders."""

    rows: VideoEditStore
    looks: VideoLooks
    look_policy: LookPolicy
    workspaces: Workspaces
    pictures: LibraryStore
    store: ContentStore
    connections: YouTubeConnections
    limits: YouTubeLimits
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def show(self, user_id: str, job_id: str) -> VideoView:
        """Read the video of a publish job from YouTube.

        Raise :class:`NotFound` if the job has no video, :class:`VideoGone` if YouTube has it no
        more, :class:`ReconnectNeeded` if the connection may not change videos, and
        :class:`OtherChannel` if another channel is connected.
        """
        video = self._find(user_id, job_id)
        with self._client(user_id, video) as client:
            return _view(video, read_parts(client.api, video.video_id))

    def check(self, user_id: str, job_id: str, edit: VideoEdit) -> VideoEditCheck:
        """List what YouTube would refuse of a change, without asking it."""
        self._find(user_id, job_id)
        faults = self._faults(user_id, edit)
        return VideoEditCheck(may_go=all(one.is_warning for one in faults), faults=faults)

    def edit(self, user_id: str, job_id: str, edit: VideoEdit) -> VideoView:
        """Change the video, and return what YouTube made of it.

        Raise as :meth:`show` does, :class:`Conflict` while the publish job or another edit works on
        the video, and :class:`CannotPublish` if YouTube would refuse or refuses the change. A
        refused thumbnail is only noted.
        """
        video = self._find(user_id, job_id)
        for fault in self._faults(user_id, edit):
            if not fault.is_warning:
                raise CannotPublish(fault.message, hint=fault.hint, code=fault.code)
        picture = self._picture(user_id, video, edit)
        with self.rows.editing(user_id, job_id):
            return self._edit(user_id, video, edit, picture)

    def _edit(
        self, user_id: str, video: EditedVideo, edit: VideoEdit, picture: Path | None
    ) -> VideoView:
        with self._client(user_id, video) as client:
            before = read_parts(client.api, video.video_id)
            wanted = _merge(before, edit, video.marker, self.limits)
            try:
                made = update_parts(client.api, video.video_id, before, wanted)
            except YouTubeRefused as refused:
                raise fault_of(refused.reason) or refused from refused
            status = made.status
            self.rows.edited(
                video.job_id,
                title=made.snippet.title,
                privacy=status.privacy,
                publish_at=status.publish_at,
            )
            self.looks.look_again(video.job_id, self._next_look(video, status.publish_at))
            notes = [*_differences(wanted, made), *_set_thumbnail(client, video, picture)]
        return _view(video, made, notes)

    def _find(self, user_id: str, job_id: str) -> EditedVideo:
        video = self.rows.find(user_id, job_id)
        if video is None:
            raise NotFound("There is no such video.", hint="Choose one of your publications.")
        return video

    @contextmanager
    def _client(self, user_id: str, video: EditedVideo) -> Iterator[YouTubeClient]:
        """Open a client that may change this video; look again soon if YouTube does not find it."""
        status = self.connections.status(user_id)
        require_connection(status)
        if not status.may_manage:
            raise ReconnectNeeded(
                "You have not allowed Segue to change videos.",
                hint="Connect YouTube again, and tick every box.",
                code="youtube_manage_missing",
            )
        if status.channel is None or video.channel_id not in (status.channel.id, None, ""):
            raise OtherChannel(
                f"The video is on the channel “{video.channel_title or 'another one'}”.",
                hint="Connect that channel again to change the video.",
            )
        try:
            with self.connections.client(user_id, timeout_s=_TIMEOUT_S) as client:
                yield client
        except VideoGone:
            self.looks.look_again(video.job_id, self.now())
            raise

    def _next_look(self, video: EditedVideo, publish_at: datetime | None) -> datetime | None:
        uploaded_at = video.uploaded_at or video.created_at
        return self.look_policy.next_look(uploaded_at, self.now(), publish_at)

    def _faults(self, user_id: str, edit: VideoEdit) -> list[FaultView]:
        """Check the fields that change; the others pass."""
        picture = self._uploaded(user_id, edit) if edit.thumbnail_upload_id else None
        draft = Draft(
            title="-" if edit.title is None else edit.title,
            description=edit.description,
            tags=tuple(edit.tags or ()),
            privacy=edit.privacy or "private",
            publish_at=edit.publish_at,
            duration_s=None,
            video_bytes=None,
            thumbnail_bytes=picture.stat().st_size if picture else None,
            category_id=edit.category_id or "10",
            language=edit.language or "en",
        )
        now = self.now()
        context = PreflightContext(
            now=now, uploads_left=1, uploads_reset_at=now, takes_long_videos=None
        )
        return find_faults(draft, self.limits, context)

    def _picture(self, user_id: str, video: EditedVideo, edit: VideoEdit) -> Path | None:
        if edit.thumbnail_upload_id:
            return self._uploaded(user_id, edit)
        if edit.thumbnail is None:
            return None
        folders = (video.source_job_id, video.job_id)
        files = (self.workspaces.of(folder).path(THUMBNAIL) for folder in folders)
        found = next((file for file in files if file.is_file()), None)
        if found is None:
            raise NotFound("The mix's thumbnail is no longer there.", hint="Upload a picture.")
        return found

    def _uploaded(self, user_id: str, edit: VideoEdit) -> Path:
        """The clean copy of an uploaded picture, which a confined process has made."""
        image = self.pictures.image(user_id, edit.thumbnail_upload_id or "")
        if image is None:
            raise NotFound("There is no such picture.", hint="Upload it again.")
        return self.store.image_path(image.file_name)


def _merge(before: VideoParts, edit: VideoEdit, marker: str, limits: YouTubeLimits) -> VideoParts:
    """What the video is to be: the edit's fields, the others as they are.

    Our tag comes back, if the tags that the owner has set in YouTube Studio leave room for it.
    """
    texts: dict[str, object] = {
        "title": edit.title,
        "description": edit.description,
        "tags": edit.tags,
        "category_id": edit.category_id,
        "language": edit.language,
        "audio_language": edit.language,
    }
    snippet = before.snippet.model_copy(
        update={name: value for name, value in texts.items() if value is not None}
    )
    tags = [*snippet.tags, marker]
    if marker not in snippet.tags and tags_length(tags) <= limits.tags_chars:
        snippet = snippet.model_copy(update={"tags": tags})
    declared = {"made_for_kids": edit.made_for_kids, "synthetic": edit.synthetic_media}
    changed: dict[str, object] = {k: value for k, value in declared.items() if value is not None}
    if edit.privacy is not None or edit.publish_at is not None:
        changed |= {"privacy": edit.privacy or "private", "publish_at": edit.publish_at}
    return VideoParts(snippet=snippet, status=before.status.model_copy(update=changed))


def _differences(wanted: VideoParts, made: VideoParts) -> Iterator[str]:
    """Yield what YouTube made different from what was sent."""
    if made.status.privacy != wanted.status.privacy:
        yield f"YouTube made the video {made.status.privacy}, not {wanted.status.privacy}."
    elif wanted.status.publish_at and not made.status.publish_at:
        yield "YouTube did not keep the time to go public."
    for name in ("title", "description"):
        if getattr(made.snippet, name).strip() != getattr(wanted.snippet, name).strip():
            yield f"YouTube changed the {name}."


def _set_thumbnail(
    client: YouTubeClient, video: EditedVideo, picture: Path | None
) -> Iterator[str]:
    """Set the thumbnail; yield a note if YouTube refuses it."""
    if picture is None:
        return
    target = PublishedVideo(client.api, video.video_id, _THUMBNAIL_RETRIES)
    media_type = "image/png" if picture.suffix == ".png" else "image/jpeg"
    try:
        target.set_thumbnail(picture.read_bytes(), media_type)
    except SegueError as error:
        yield f"The thumbnail is not set: {error.message} {error.hint}".strip()


def _view(video: EditedVideo, parts: VideoParts, notes: list[str] | None = None) -> VideoView:
    snippet, status = parts.snippet, parts.status
    return VideoView(
        job_id=video.job_id,
        video_id=video.video_id,
        url=video_url(video.video_id),
        title=snippet.title,
        description=snippet.description,
        tags=[tag for tag in snippet.tags if tag != video.marker],
        category_id=snippet.category_id,
        language=snippet.language or snippet.audio_language,
        privacy=cast(Privacy, status.privacy),
        publish_at=status.publish_at,
        made_for_kids=bool(status.made_for_kids),
        synthetic_media=bool(status.synthetic),
        notes=notes or [],
    )
