"""Look at an uploaded video, and decide when to look again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from googleapiclient.discovery import Resource
from pydantic import BaseModel

from ...store.publications.looks import VideoFacts
from .client import TRIES, ask
from .video import YouTubeVideo

# The later waits grow by this.
_FACTOR = 3
# Waits before the first looks, as shares of the first later wait
_AT_ONCE = (0.0, 1 / 60, 1 / 30, 1 / 20, 1 / 10)
_LONGEST_WAIT = timedelta(hours=6)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LookPolicy:
    """When to look at a new video: some times at once, then less and less often for a day.

    With the default ``first_wait``: after 0, 5, 15, 30 and 60 seconds, after 5, 20 and 65 minutes,
    after 3.3 and 9.3 hours, then every 6 hours; a scheduled video once more after it is due to go
    public. Each look costs one of the project's 10,000 units a day.
    """

    first_wait: timedelta = timedelta(minutes=5)

    @property
    def at_once_s(self) -> tuple[float, ...]:
        """Waits before the first looks, which one attempt makes."""
        return tuple(share * self.first_wait.total_seconds() for share in _AT_ONCE)

    def next_look(
        self, uploaded_at: datetime, now: datetime, publish_at: datetime | None = None
    ) -> datetime | None:
        """Return the next look's time; None if there is none after the day after the upload.

        ``publish_at`` is when a scheduled video goes public.
        """
        of_day = self._next_of_day(uploaded_at, now)
        when_public = publish_at + self.first_wait if publish_at else now
        if when_public <= now:
            return of_day
        return min(of_day, when_public) if of_day else when_public

    def _next_of_day(self, uploaded_at: datetime, now: datetime) -> datetime | None:
        ends_at = uploaded_at + _DAY
        if now >= ends_at:
            return None
        wait, at = self.first_wait, uploaded_at + self.first_wait
        while at <= now:
            wait = min(wait * _FACTOR, _LONGEST_WAIT)
            at += wait
        return min(at, ends_at)


class _Videos(BaseModel):
    items: list[YouTubeVideo] = []


def look_at(
    youtube: Resource,
    video_id: str,
    *,
    tries: int = TRIES,
    sleep: Callable[[float], None] = time.sleep,
) -> VideoFacts | None:
    """Return what YouTube tells of the video; None if it lists none. Raise as ``ask`` does."""
    request = youtube.videos().list(part="snippet,status,contentDetails", id=video_id)
    items = ask(request, _Videos, tries=tries, sleep=sleep).items
    return _facts(items[0]) if items else None


def _facts(video: YouTubeVideo) -> VideoFacts:
    return VideoFacts(
        upload_status=video.upload_status,
        upload_reason=video.reason,
        is_licensed=video.is_licensed,
        allowed_in=_listed(video.allowed_in),
        blocked_in=_listed(video.blocked_in),
        privacy=video.privacy,
        publish_at=video.publish_at,
    )


def _listed(countries: list[str] | None) -> str | None:
    return None if countries is None else ",".join(countries)
