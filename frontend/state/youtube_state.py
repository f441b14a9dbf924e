"""The YouTube connection, and its playlists, both cached for a while."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import streamlit as st

from backend.app.contract.publishing import PlaylistView, YouTubeStatus

from ..api.errors import ApiError, attempt
from . import session

#: Listing the playlists calls YouTube, which takes long if YouTube does not answer.
PLAYLISTS_LIFETIME_S = 120.0
#: Each waiting publication is drawn once a second.
RECENT_S = 10.0
#: Errors of a YouTube connection that is missing, has ended, or belongs to another channel.
CONNECTION_ERRORS = ("youtube_reconnect", "youtube_not_connected", "other_channel")


@dataclass(frozen=True, slots=True)
class Cached:
    """The API's answer about the playlists, and when it arrived."""

    answer: list[PlaylistView] | ApiError
    at_s: float


@dataclass(frozen=True, slots=True)
class RecentStatus:
    """The API's answer about the connection, and when it arrived."""

    answer: YouTubeStatus | ApiError
    at_s: float


PLAYLISTS = session.Key[Cached]("youtube_playlists")
RECENT = session.Key[RecentStatus]("youtube_recent_status")


def status() -> YouTubeStatus:
    """Fetch the state of the YouTube connection; not cached, as any job may find it ended."""
    return session.api().youtube_status()


def recent_status() -> YouTubeStatus | ApiError:
    """Return the state of the connection, up to ten seconds old."""
    recent = RECENT.get()
    if recent is None or monotonic() - recent.at_s >= RECENT_S:
        recent = RecentStatus(attempt(status), monotonic())
        RECENT.put(recent)
    return recent.answer


def is_usable(status: YouTubeStatus) -> bool:
    """Whether a publication can use the connection."""
    return status.connected and status.may_upload and not status.needs_reconnect


def playlists() -> list[PlaylistView] | ApiError:
    """Return the channel's playlists, or the error that prevents listing them.

    If YouTube no longer accepts the connection, the page is drawn again, to say so everywhere.
    """
    cached = PLAYLISTS.get()
    if cached is None or monotonic() - cached.at_s >= PLAYLISTS_LIFETIME_S:
        cached = Cached(attempt(session.api().playlists), monotonic())
        PLAYLISTS.put(cached)
        if isinstance(cached.answer, ApiError) and cached.answer.code in CONNECTION_ERRORS:
            st.rerun()
    return cached.answer


def refresh() -> None:
    """Remove the cached playlists and state."""
    PLAYLISTS.drop()
    RECENT.drop()
