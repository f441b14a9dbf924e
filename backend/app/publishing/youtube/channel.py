"""A user's YouTube channel and its playlists."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from googleapiclient.discovery import Resource
from googleapiclient.http import HttpRequest
from pydantic import AliasPath, BaseModel, Field

from ...contract.publishing import PlaylistView
from .client import PAGE_SIZE, TRIES, Page, ask, ask_pages
from .errors import no_channel

_MAX_PLAYLIST_PAGES = 20


class Channel(BaseModel):
    """A channel, or one of a channel's playlists.

    ``long_uploads`` is "longUploadsStatus" in the YouTube Data API v3, channels.
    """

    id: str
    title: str = Field(validation_alias=AliasPath("snippet", "title"))
    smallest_picture: str = Field(
        default="", validation_alias=AliasPath("snippet", "thumbnails", "default", "url")
    )
    long_uploads: str = Field(default="", validation_alias=AliasPath("status", "longUploadsStatus"))

    @property
    def takes_long_videos(self) -> bool | None:
        """Whether the channel may upload long videos; None if YouTube does not say.

        It may if its owner has verified a phone number.
        """
        return {"allowed": True, "eligible": False, "disallowed": False}.get(self.long_uploads)

    @property
    def picture_url(self) -> str | None:
        """HTTPS address of the channel's smallest picture."""
        url = self.smallest_picture
        return url if url.startswith("https://") else None


class _Channels(Page):
    """A list of channels or playlists."""

    items: tuple[Channel, ...] = ()


class _Owner(BaseModel):
    channel_id: str = Field(validation_alias=AliasPath("snippet", "channelId"))


class _Owners(BaseModel):
    items: tuple[_Owner, ...] = ()


def own_channel(api: Resource, *, tries: int) -> Channel:
    """Fetch the user's channel; raise ``YouTubeRefused`` if there is none."""
    request = api.channels().list(part="snippet,status", mine=True)
    items = ask(request, _Channels, tries=tries).items
    if not items:
        raise no_channel()
    return items[0]


def playlist_channel(api: Resource, playlist_id: str, *, tries: int) -> str | None:
    """Id of the channel that owns a playlist; None if no such playlist can be seen."""
    request = api.playlists().list(part="snippet", id=playlist_id)
    found = ask(request, _Owners, tries=tries).items
    return found[0].channel_id if found else None


def own_playlists(
    api: Resource, *, tries: int = TRIES, sleep: Callable[[float], None] = time.sleep
) -> Iterator[PlaylistView]:
    """Fetch up to a thousand of the channel's playlists, one page at a time."""

    def request(page: str | None) -> HttpRequest:
        return api.playlists().list(part="snippet", mine=True, maxResults=PAGE_SIZE, pageToken=page)

    limit = _MAX_PLAYLIST_PAGES
    for page in ask_pages(request, _Channels, max_pages=limit, tries=tries, sleep=sleep):
        yield from (PlaylistView(id=one.id, title=one.title) for one in page.items)
