"""How many jobs a user may have, and how much music Segue separates for them a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlmodel import Session

from ...errors import SegueError, TooManyJobs
from ...store.jobs.quota import MOST_WITH_PAUSED
from ...store.jobs.separated import add_separated, separated_s


class SeparationQuotaSpent(SegueError, code="separation_quota", retryable=True):
    """The user's minutes of separation are used up for a day, which ends in ``retry_after_s``."""

    def __init__(self, message: str, *, retry_after_s: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Quotas:
    """Limits of one user.

    ``max_jobs`` limits queued and running jobs, so that one account cannot occupy the server; jobs
    that pause until a time count only for the store's higher limit. ``separation_s_per_day`` limits
    the songs to separate on a day in UTC; 0 sets no limit.
    """

    max_jobs: int
    separation_s_per_day: float = 0.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def charge_separation(self, session: Session, user_id: str, seconds: float) -> None:
        """Add a new job's songs to the user's day; raise :class:`SeparationQuotaSpent`."""
        limit_s, now = self.separation_s_per_day, self.now()
        if seconds <= 0.0:
            return
        used_s = separated_s(session, user_id, now.date())
        if 0.0 < limit_s < used_s + seconds:
            raise _spent(limit_s, used_s, seconds, self.resets_at(), now)
        add_separated(session, user_id, now.date(), seconds)

    def resets_at(self) -> datetime:
        """When the next day begins."""
        return datetime.combine(self.now().date() + timedelta(days=1), time(), UTC)

    def too_many_jobs(self) -> TooManyJobs:
        """The error for one more job than a user may have."""
        return TooManyJobs(
            f"You have {self.max_jobs} jobs waiting or running already, "
            f"or {max(self.max_jobs, MOST_WITH_PAUSED)} with those that wait for YouTube.",
            hint="Wait until one ends, or cancel one.",
        )


def _spent(
    limit_s: float, used_s: float, wanted_s: float, again: datetime, now: datetime
) -> SeparationQuotaSpent:
    message = (
        f"Separating these songs takes {_minutes(wanted_s)} of your {_minutes(limit_s)} a day, "
        f"of which {_minutes(used_s)} are used."
    )
    hint = "Choose fewer or shorter songs, or the model “draft”, which is not limited."
    if wanted_s <= limit_s:
        hint = f"It is possible again at {again:%Y-%m-%d %H:%M} UTC. {hint}"
    wait_s = int((again - now).total_seconds()) + 1
    return SeparationQuotaSpent(message, hint=hint, retry_after_s=wait_s)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60.0:.1f}".removesuffix(".0") + " min"
