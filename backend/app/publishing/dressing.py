"""What a video gets once it stands: its thumbnail, and its place in a playlist.

Each can be asked for any number of times: a thumbnail takes the place of the one before it, and a
playlist is looked at before anything is put in it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from ..contract.publishing import Privacy
from ..errors import YouTubeUnreachable
from .pace import Pace, Patience, Unsure
from .youtube_client import ask

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource

_MOST_PAGES = 20  # of 50
# Somebody waits for the job to end, and the video stands already.
_MOST_FAILURES = 4


class _Snippet(BaseModel):
    title: str


class _Playlist(BaseModel):
    id: str
    snippet: _Snippet


class _Playlists(BaseModel):
    items: list[_Playlist] = []
    next_page: str | None = Field(default=None, alias="nextPageToken")


class _Made(BaseModel):
    id: str


class _Any(BaseModel):
    """An answer of which nothing is read."""


class _Items(BaseModel):
    items: list[_Any] = []


class Dressing:
    """What is done for one video of the user's channel; raises what ``ask`` raises."""

    def __init__(self, api: Resource, video_id: str, pace: Pace) -> None:
        self._api = api
        self._video_id = video_id
        self._pace = pace

    def set_thumbnail(self, jpeg: bytes) -> None:
        """Give the video this picture."""
        from googleapiclient.http import MediaIoBaseUpload

        def once() -> None:
            media = MediaIoBaseUpload(io.BytesIO(jpeg), mimetype="image/jpeg")
            request = self._api.thumbnails().set(videoId=self._video_id, media_body=media)
            ask(request, _Any, sleep=self._pace.sleep)

        self._patiently(once)

    def playlist_called(self, title: str, privacy: Privacy) -> str:
        """The id of the channel's playlist of this title; it is made where there is none."""
        found: list[str] = []

        def once() -> None:
            listed = self._playlists()
            found[:] = [one.id for one in listed if one.snippet.title == title][:1]
            if not found:
                body = {"snippet": {"title": title}, "status": {"privacyStatus": privacy}}
                request = self._api.playlists().insert(part="snippet,status", body=body)
                found.append(ask(request, _Made, sleep=self._pace.sleep).id)

        self._patiently(once)
        return found[0]

    def put_into(self, playlist_id: str) -> None:
        """Put the video into a playlist, once."""

        def once() -> None:
            if self._is_in(playlist_id):
                return
            resource = {"kind": "youtube#video", "videoId": self._video_id}
            body = {"snippet": {"playlistId": playlist_id, "resourceId": resource}}
            request = self._api.playlistItems().insert(part="snippet", body=body)
            ask(request, _Any, sleep=self._pace.sleep)

        self._patiently(once)

    def _is_in(self, playlist_id: str) -> bool:
        request = self._api.playlistItems().list(
            part="id", playlistId=playlist_id, videoId=self._video_id, maxResults=1
        )
        return bool(ask(request, _Items, sleep=self._pace.sleep).items)

    def _playlists(self) -> Iterator[_Playlist]:
        page: str | None = None
        for _ in range(_MOST_PAGES):
            request = self._api.playlists().list(
                part="snippet", mine=True, maxResults=50, pageToken=page
            )
            answer = ask(request, _Playlists, sleep=self._pace.sleep)
            yield from answer.items
            page = answer.next_page
            if page is None:
                return

    def _patiently(self, once: Callable[[], None]) -> None:
        """Begin anew, with a look, where an answer was lost: it may have been done."""
        patience = Patience(self._pace)
        while True:
            try:
                once()
                return
            except YouTubeUnreachable as error:
                if patience.failures + 1 >= _MOST_FAILURES:
                    raise
                patience.wait(Unsure(error))
