"""Find the video that Segue uploaded: by its id, or in the channel's list of uploads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from googleapiclient.discovery import Resource
from googleapiclient.http import HttpRequest
from pydantic import AliasPath, BaseModel, Field

from ...errors import ReconnectNeeded, YouTubeRefused
from ..youtube.client import PAGE_SIZE, Page, ask, ask_pages
from ..youtube.errors import no_channel
from ..youtube.video import YouTubeVideo

_MAX_PAGES = 10
# largest difference between YouTube's clock and this machine's
_CLOCK_DIFFERENCE = timedelta(days=1)
# YouTube's error for a channel that has never had an upload: the list does not exist.
_NO_UPLOADS = "(playlistNotFound)"
# Only a video's owner sees "fileDetails"; a list with another channel's video is then refused.
_PARTS = "snippet,status,fileDetails"


class _Channel(BaseModel):
    uploads: str = Field(
        validation_alias=AliasPath("contentDetails", "relatedPlaylists", "uploads")
    )


class _Channels(BaseModel):
    items: list[_Channel] = []


class _Item(BaseModel):
    video_id: str = Field(validation_alias=AliasPath("contentDetails", "videoId"))
    uploaded_at: datetime | None = Field(
        default=None, validation_alias=AliasPath("snippet", "publishedAt")
    )


class _Items(Page):
    items: tuple[_Item, ...] = ()


class _Videos(BaseModel):
    items: list[YouTubeVideo] = []


@dataclass(frozen=True, slots=True)
class UploadSearch:
    """Recognises one upload's video by its tag ``marker`` and by its size.

    ``since`` is when the publication began. ``size_bytes`` returns the size of the file that was
    uploaded last; None if it is unknown.
    """

    youtube: Resource
    marker: str
    since: datetime
    size_bytes: Callable[[], int | None]
    sleep: Callable[[float], None] = time.sleep

    def is_ours(self, video: YouTubeVideo) -> bool:
        """Whether the video has the marker, and the size if YouTube gives one."""
        return video.is_upload_of(self.marker, self.size_bytes())

    def by_id(self, video_id: str) -> YouTubeVideo | None:
        """Return the video with this id if it is ours; None if not, or if YouTube refuses.

        A consent to uploads alone does not allow this: such a connection gets None. Raise
        ``YouTubeUnreachable`` without an answer, ``NotBefore`` if the quota is used up.
        """
        try:
            videos = self._videos([video_id])
        except (YouTubeRefused, ReconnectNeeded):
            return None
        return next((video for video in videos if self.is_ours(video)), None)

    def in_channel(self) -> YouTubeVideo | None:
        """Return our newest video among the channel's uploads, or None; raises as ``ask``."""
        mine = self.youtube.channels().list(part="contentDetails", mine=True)
        channels = ask(mine, _Channels, sleep=self.sleep).items
        if not channels:
            raise no_channel()
        for ids in self._uploads(channels[0].uploads):
            if found := next((one for one in self._videos(ids) if self.is_ours(one)), None):
                return found
        return None

    def _videos(self, ids: list[str]) -> list[YouTubeVideo]:
        request = self.youtube.videos().list(part=_PARTS, id=",".join(ids))
        return ask(request, _Videos, sleep=self.sleep).items

    def _uploads(self, playlist_id: str) -> Iterator[list[str]]:
        """Yield pages of ids of the channel's uploads, newest first."""
        since = self.since - _CLOCK_DIFFERENCE

        def request(page: str | None) -> HttpRequest:
            return self.youtube.playlistItems().list(
                part="snippet,contentDetails",
                playlistId=playlist_id,
                maxResults=PAGE_SIZE,
                pageToken=page,
            )

        try:
            for page in ask_pages(request, _Items, max_pages=_MAX_PAGES, sleep=self.sleep):
                if page.items:
                    yield [item.video_id for item in page.items]
                if all(item.uploaded_at and item.uploaded_at < since for item in page.items):
                    return
        except YouTubeRefused as refused:
            if _NO_UPLOADS not in refused.message:
                raise
