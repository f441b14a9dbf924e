"""Look at published videos for a day, and when scheduled ones go public.

Claims and removals come late.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ...errors import SegueError
from ...publishing.youtube.connection import YouTubeConnections
from ...publishing.youtube.look import LookPolicy, look_at
from ...store.publications.looks import DueLook, VideoLooks

log = logging.getLogger(__name__)

# A single answer of YouTube's may lack a video that is there; the looks are minutes apart.
_MISSES = 3
# The thread that looks has other work, too.
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class VideoFollowUp:
    """Looks at the videos of finished publications. Safe in several processes at a time."""

    looks: VideoLooks
    connections: YouTubeConnections
    policy: LookPolicy
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def look(self) -> None:
        """Look at the video whose look has been due for longest, if any."""
        now = self.now()
        due = self.looks.due(now)
        if due is None or not self.looks.claim(due, self._next_look(due, now)):
            return
        if self._is_connected(due):
            try:
                self._look(due, now)
            except SegueError as error:  # the next look is planned already
                log.info("a video cannot be looked at: %s", error.code)

    def _next_look(self, due: DueLook, now: datetime) -> datetime | None:
        return self.policy.next_look(due.uploaded_at or due.created_at, now, due.publish_at)

    def _look(self, due: DueLook, now: datetime) -> None:
        with self.connections.client(due.user_id, timeout_s=_TIMEOUT_S) as client:
            seen = look_at(client.api, due.video_id, tries=1)
        if seen is not None:
            self.looks.seen(due.job_id, seen, at=now)
        elif self.looks.missed(due.job_id, at=now) >= _MISSES:
            self.looks.not_listed(due.job_id, at=now)
        else:
            self.looks.look_again(due.job_id, now + self.policy.first_wait)

    def _is_connected(self, due: DueLook) -> bool:
        """Whether the video's channel is connected; others do not see a private video."""
        status = self.connections.status(due.user_id)
        if not status.may_manage or status.needs_reconnect or status.channel is None:
            return False
        return status.channel.id == due.channel_id
