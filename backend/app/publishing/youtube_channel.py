"""What YouTube says of a user's channel, and of its playlists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from ..contract.publishing import PlaylistView
from .youtube_client import ask, no_channel

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource

_MAX_PLAYLIST_PAGES = 20  # of 50


class _Picture(BaseModel):
    url: str


class _Snippet(BaseModel):
    title: str
    thumbnails: dict[str, _Picture] = {}


class _Status(BaseModel):
    """Of a channel; see "longUploadsStatus" in the YouTube Data API v3, channels."""

    long_uploads: str = Field(default="", alias="longUploadsStatus")


class Channel(BaseModel):
    """A channel, or a playlist of one."""

    id: str
    snippet: _Snippet
    status: _Status = _Status()

    @property
    def takes_long_videos(self) -> bool | None:
        """Whether the owner has verified a phone number; None where YouTube does not say."""
        return {"allowed": True, "eligible": False, "disallowed": False}.get(
            self.status.long_uploads
        )

    @property
    def picture_url(self) -> str | None:
        """The smallest picture's address, for a page to show."""
        picture = self.snippet.thumbnails.get("default")
        return picture.url if picture and picture.url.startswith("https://") else None


class _Page(BaseModel):
    """What is read of a list of channels or playlists; an empty one has no ``items`` at all."""

    model_config = ConfigDict(hide_input_in_errors=True)

    items: list[Channel] = []
    next_page: str | None = Field(default=None, alias="nextPageToken")


def own_channel(api: Resource, *, tries: int) -> Channel:
    """The channel of whom we ask for.

    Raises
    ------
    SegueError
        If YouTube does not say; :class:`YouTubeRefused` if there is no channel.
    """
    request = api.channels().list(part="snippet,status", mine=True)
    items = ask(request, _Page, tries=tries).items
    if not items:
        raise no_channel()
    return items[0]


def own_playlists(api: Resource, *, tries: int) -> list[PlaylistView]:
    """The channel's playlists, a thousand at most."""
    found: list[PlaylistView] = []
    page: str | None = None
    for _ in range(_MAX_PLAYLIST_PAGES):
        request = api.playlists().list(part="snippet", mine=True, maxResults=50, pageToken=page)
        answer = ask(request, _Page, tries=tries)
        found += [PlaylistView(id=item.id, title=item.snippet.title) for item in answer.items]
        page = answer.next_page
        if page is None:
            break
    return found
