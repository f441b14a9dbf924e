"""Find a video that Segue uploaded in a channel's list of uploads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from googleapiclient.discovery import Resource
from googleapiclient.http import HttpRequest
from pydantic import AliasPath, BaseModel, Field

from ...errors import YouTubeRefused
from ..youtube.client import PAGE_SIZE, Page, ask, ask_pages
from ..youtube.errors import no_channel
from ..youtube.video import YouTubeVideo

_MAX_PAGES = 10
# largest difference between YouTube's clock and this machine's
_CLOCK_DIFFERENCE = timedelta(days=1)
# YouTube's error for a channel that has never had an upload: the list does not exist.
_NO_UPLOADS = "(playlistNotFound)"


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


def find_video(
    youtube: Resource, marker: str, *, since: datetime, sleep: Callable[[float], None] = time.sleep
) -> YouTubeVideo | None:
    """Return the newest video with the tag ``marker`` uploaded after ``since``, or None."""
    mine = youtube.channels().list(part="contentDetails", mine=True)
    channels = ask(mine, _Channels, sleep=sleep).items
    if not channels:
        raise no_channel()
    for ids in _uploads_since(youtube, channels[0].uploads, since - _CLOCK_DIFFERENCE, sleep):
        request = youtube.videos().list(part="snippet,status", id=",".join(ids))
        videos = ask(request, _Videos, sleep=sleep).items
        if found := next((video for video in videos if marker in video.tags), None):
            return found
    return None


def _uploads_since(
    youtube: Resource, playlist_id: str, since: datetime, sleep: Callable[[float], None]
) -> Iterator[list[str]]:
    """Yield pages of ids of the channel's uploads, newest first."""

    def request(page: str | None) -> HttpRequest:
        return youtube.playlistItems().list(
            part="snippet,contentDetails",
            playlistId=playlist_id,
            maxResults=PAGE_SIZE,
            pageToken=page,
        )

    try:
        for page in ask_pages(request, _Items, max_pages=_MAX_PAGES, sleep=sleep):
            if page.items:
                yield [item.video_id for item in page.items]
            if all(item.uploaded_at and item.uploaded_at < since for item in page.items):
                return
    except YouTubeRefused as refused:
        if _NO_UPLOADS not in refused.message:
            raise
