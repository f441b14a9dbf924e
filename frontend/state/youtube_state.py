"""The YouTube connection and its playlists, cached for some seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from backend.app.contract.publishing import PlaylistView, YouTubeStatus

from ..api.errors import ApiError, attempt
from . import session

Value = TypeVar("Value")

#: The number of uploads left changes slowly while a page is open.
STATUS_LIFETIME_S = 15.0
#: Listing the playlists calls YouTube, which takes long if YouTube does not answer.
PLAYLISTS_LIFETIME_S = 120.0


@dataclass(frozen=True)  # no slots: a generic alias sets an attribute on the instance it makes
class Cached(Generic[Value]):
    """A cached answer of the API, and when it arrived."""

    answer: Value
    at_s: float


STATUS = session.Key[Cached[YouTubeStatus]]("youtube_status")
PLAYLISTS = session.Key[Cached[list[PlaylistView] | ApiError]]("youtube_playlists")


def status() -> YouTubeStatus:
    """Return the state of the YouTube connection."""
    return _cached(STATUS, STATUS_LIFETIME_S, session.api().youtube_status)


def playlists() -> list[PlaylistView] | ApiError:
    """Return the channel's playlists, or the error that prevents listing them."""
    return _cached(PLAYLISTS, PLAYLISTS_LIFETIME_S, lambda: attempt(session.api().playlists))


def _cached(key: session.Key[Cached[Value]], lifetime_s: float, call: Callable[[], Value]) -> Value:
    cached = key.get()
    if cached is None or monotonic() - cached.at_s >= lifetime_s:
        cached = Cached(call(), monotonic())
        key.put(cached)
    return cached.answer


def refresh() -> None:
    """Remove the cached answers."""
    STATUS.drop()
    PLAYLISTS.drop()
