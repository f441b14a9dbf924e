"""Looking for a video of ours among a channel's last uploads."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from .youtube_client import ask, no_channel

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource

_LAST = 50  # the most that YouTube lists at a time


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


class _Item(BaseModel):
    details: _ItemDetails = Field(alias="contentDetails")


class _Items(BaseModel):
    items: list[_Item] = []


class _Snippet(BaseModel):
    tags: list[str] = []


class _Video(BaseModel):
    id: str
    snippet: _Snippet = _Snippet()


class _Videos(BaseModel):
    items: list[_Video] = []


def find_marked(
    youtube: Resource, marker: str, *, sleep: Callable[[float], None] = time.sleep
) -> str | None:
    """The id of the newest video of the user's channel that has ``marker`` for a tag.

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
    listed = youtube.playlistItems().list(
        part="contentDetails", playlistId=uploads, maxResults=_LAST
    )
    ids = [item.details.video_id for item in ask(listed, _Items, sleep=sleep).items]
    if not ids:
        return None
    videos = ask(youtube.videos().list(part="snippet", id=",".join(ids)), _Videos, sleep=sleep)
    return next((video.id for video in videos.items if marker in video.snippet.tags), None)
