"""Set a published video's thumbnail, playlist and privacy.

Each call can be repeated: a new thumbnail replaces the old one, a playlist is searched for the
video before it is added, and a video that is not private any more keeps its privacy.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from googleapiclient.discovery import Resource
from googleapiclient.http import MediaIoBaseUpload
from pydantic import AliasPath, BaseModel, Field

from ...contract.publishing import Privacy
from ...errors import YouTubeRefused, YouTubeUnreachable
from ..youtube.channel import own_playlists
from ..youtube.client import ask
from ..youtube.video_parts import VideoStatus
from .retry_policy import Answer, Retries, RetryNeeded, RetryPolicy

# Fewer than for uploads: the user waits for the job to end, and the video is already online.
_MAX_FAILURES = 4


class _Video(BaseModel):
    status: VideoStatus


class _Videos(BaseModel):
    items: list[_Video] = []


class _Updated(BaseModel):
    """YouTube's answer to an update has the parts that were sent."""

    status: VideoStatus | None = None


class _Created(BaseModel):
    id: str


class _Playlist(BaseModel):
    privacy: str = Field(default="", validation_alias=AliasPath("status", "privacyStatus"))


class _Playlists(BaseModel):
    items: list[_Playlist] = []


class _Any(BaseModel):
    """An answer of YouTube's whose content is not read."""


class _Items(BaseModel):
    items: list[_Any] = []


class PublishedVideo:
    """A video on the user's channel; its methods raise as ``ask`` does."""

    def __init__(self, api: Resource, video_id: str, retry_policy: RetryPolicy) -> None:
        self._api = api
        self._video_id = video_id
        most_failures = min(_MAX_FAILURES, retry_policy.most_failures)
        self._retry_policy = replace(retry_policy, most_failures=most_failures)
        self._sleep = retry_policy.sleep

    def set_thumbnail(self, picture: bytes, media_type: str = "image/jpeg") -> None:
        """Set the video's thumbnail; raise ``YouTubeRefused`` if the channel may not set any."""

        def attempt() -> None:
            media = MediaIoBaseUpload(io.BytesIO(picture), mimetype=media_type)
            request = self._api.thumbnails().set(videoId=self._video_id, media_body=media)
            ask(request, _Any, sleep=self._sleep)

        try:
            self._retry(attempt)
        except YouTubeRefused as refused:
            # YouTube's answer (403) to a channel whose owner has not verified a phone number
            if refused.reason != "forbidden":
                raise
            raise YouTubeRefused(
                "YouTube allows this channel no thumbnails of its own yet.",
                hint="Verify your phone number at youtube.com/verify, then set the thumbnail.",
                code="thumbnail_not_allowed",
            ) from refused

    def playlist_by_title(self, title: str, privacy: Privacy) -> str:
        """Return the id of the playlist with this title; create it if the channel has none."""

        def attempt() -> str:
            for listed in own_playlists(self._api, sleep=self._sleep):
                if listed.title == title:
                    return listed.id
            body = {"snippet": {"title": title}, "status": {"privacyStatus": privacy}}
            request = self._api.playlists().insert(part="snippet,status", body=body)
            return ask(request, _Created, sleep=self._sleep).id

        return self._retry(attempt)

    def playlist_is_private(self, playlist_id: str) -> bool:
        """Whether only the channel's owner can see a playlist."""
        request = self._api.playlists().list(part="status", id=playlist_id)
        found = ask(request, _Playlists, sleep=self._sleep).items
        return any(one.privacy == "private" for one in found)

    def add_to_playlist(self, playlist_id: str) -> None:
        """Add the video to a playlist, unless it is already in it."""

        def attempt() -> None:
            if self._is_in(playlist_id):
                return
            resource = {"kind": "youtube#video", "videoId": self._video_id}
            body = {"snippet": {"playlistId": playlist_id, "resourceId": resource}}
            request = self._api.playlistItems().insert(part="snippet", body=body)
            ask(request, _Any, sleep=self._sleep)

        self._retry(attempt)

    def release(self, privacy: Privacy, publish_at: datetime | None) -> VideoStatus | None:
        """Give a private video this privacy, or the time at which it becomes public.

        Its other status fields stay as they are, and so does a video that is not private: its owner
        has changed it, or an earlier attempt has. Return the status that YouTube's answer names;
        None if it names none, or YouTube does not list the video.
        """

        def attempt() -> VideoStatus | None:
            request = self._api.videos().list(part="status", id=self._video_id)
            items = ask(request, _Videos, sleep=self._sleep).items
            if not items or items[0].status.privacy != "private":
                return items[0].status if items else None
            changed = {"privacy": privacy, "publish_at": publish_at}
            status = items[0].status.model_copy(update=changed)
            body = {
                "id": self._video_id,
                "status": status.model_dump(by_alias=True, exclude_none=True),
            }
            update = self._api.videos().update(part="status", body=body)
            return ask(update, _Updated, sleep=self._sleep).status

        return self._retry(attempt)

    def _is_in(self, playlist_id: str) -> bool:
        request = self._api.playlistItems().list(
            part="id", playlistId=playlist_id, videoId=self._video_id, maxResults=1
        )
        return bool(ask(request, _Items, sleep=self._sleep).items)

    def _retry(self, attempt: Callable[[], Answer]) -> Answer:
        """Repeat the attempt including its search, because a lost answer may hide a success."""

        def retryable() -> Answer:
            try:
                return attempt()
            except YouTubeUnreachable as error:
                raise RetryNeeded(error) from error

        return Retries(self._retry_policy).run(retryable)
