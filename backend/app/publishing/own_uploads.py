"""Looking for a video of ours among a channel's uploads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from ..errors import YouTubeRefused
from .youtube_client import ask, no_channel

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource

_AT_A_TIME = 50  # the most that YouTube lists
_MOST_PAGES = 10
# By how far YouTube's clock and ours may differ
_CLOCKS = timedelta(days=1)
# Of a channel that has never had an upload YouTube names a playlist that is not there.
_NO_UPLOADS = "(playlistNotFound)"


class _RelatedPlaylists(BaseModel):
    uploads: str


class _ChannelDetails(BaseModel):
    related: _RelatedPlaylists = Field(alias="relatedPlaylists")


class _Channel(BaseModel):
    details: _ChannelDetails = Field(alias="contentDetails")


class _Channels(BaseModel):
    items: list[_Channel] = []


class _ItemDetails(BaseModel):
    video_id: str = Field(alias="videoId")


class _ItemSnippet(BaseModel):
    uploaded_at: datetime | None = Field(default=None, alias="publishedAt")


class _Item(BaseModel):
    details: _ItemDetails = Field(alias="contentDetails")
    snippet: _ItemSnippet = _ItemSnippet()

    def is_older_than(self, moment: datetime) -> bool:
        uploaded_at = self.snippet.uploaded_at
        return uploaded_at is not None and uploaded_at < moment


class _Items(BaseModel):
    items: list[_Item] = []
    next_page: str | None = Field(default=None, alias="nextPageToken")


class _Snippet(BaseModel):
    tags: list[str] = []


class _Video(BaseModel):
    id: str
    snippet: _Snippet = _Snippet()


class _Videos(BaseModel):
    items: list[_Video] = []


def find_marked(
    youtube: Resource,
    marker: str,
    *,
    since: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> str | None:
    """The id of the newest video of the user's channel that has ``marker`` for a tag.

    Of uploads before ``since``, when there was no such marker yet, none is looked at.

    Raises
    ------
    SegueError
        As :func:`~backend.app.publishing.youtube_client.ask` has it.
    """
    mine = youtube.channels().list(part="contentDetails", mine=True)
    channels = ask(mine, _Channels, sleep=sleep).items
    if not channels:
        raise no_channel()
    uploads = channels[0].details.related.uploads
    for ids in _uploaded_since(youtube, uploads, since - _CLOCKS, sleep):
        videos = ask(youtube.videos().list(part="snippet", id=",".join(ids)), _Videos, sleep=sleep)
        if ours := next((v.id for v in videos.items if marker in v.snippet.tags), None):
            return ours
    return None


def _uploaded_since(
    youtube: Resource, playlist_id: str, since: datetime, sleep: Callable[[float], None]
) -> Iterator[list[str]]:
    """Ids of the channel's uploads, a page at a time, newest first."""
    page: str | None = None
    for _ in range(_MOST_PAGES):
        request = youtube.playlistItems().list(
            part="snippet,contentDetails",
            playlistId=playlist_id,
            maxResults=_AT_A_TIME,
            pageToken=page,
        )
        try:
            answer = ask(request, _Items, sleep=sleep)
        except YouTubeRefused as refused:
            if _NO_UPLOADS in refused.message:
                return
            raise
        if answer.items:
            yield [item.details.video_id for item in answer.items]
        page = answer.next_page
        if page is None or all(item.is_older_than(since) for item in answer.items):
            return
