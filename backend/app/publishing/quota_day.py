"""The day that YouTube counts a project's calls in: it begins at midnight in Pacific time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def quota_day(now: datetime) -> tuple[datetime, datetime]:
    """When the day of ``now`` began and when it ends, in UTC (developers.google.com/youtube/v3)."""
    pacific = _pacific()
    midnight = now.astimezone(pacific).replace(hour=0, minute=0, second=0, microsecond=0)
    # By the calendar, not by 24 hours: two days of a year are an hour shorter or longer.
    return midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)


def _pacific() -> tzinfo:
    """Pacific time; where the machine knows no time zones, its winter time.

    In summer a day then ends an hour late: nobody is sent off before there is anything left.
    """
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=-8))
