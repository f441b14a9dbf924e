"""YouTube's quota day: from midnight to midnight in Pacific time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def quota_day(now: datetime) -> tuple[datetime, datetime]:
    """Return start and end of the quota day, in UTC (developers.google.com/youtube/v3)."""
    pacific = _pacific()
    midnight = now.astimezone(pacific).replace(hour=0, minute=0, second=0, microsecond=0)
    # Not 24 hours later: two days a year are an hour shorter or longer.
    return midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)


def _pacific() -> tzinfo:
    """Pacific time; without time zone data, Pacific winter time.

    In summer the day then ends an hour late, which never announces quota too early.
    """
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=-8))
