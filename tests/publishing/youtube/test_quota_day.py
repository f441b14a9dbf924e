"""YouTube's quota day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from backend.app.publishing.youtube import quota_day as module
from backend.app.publishing.youtube.quota_day import quota_day


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "began", "ends"),
    [
        ("2026-11-21T07:59", "2026-11-20T08:00", "2026-11-21T08:00"),  # winter: UTC-8
        ("2026-11-21T08:00", "2026-11-21T08:00", "2026-11-22T08:00"),
        ("2026-07-01T06:59", "2026-06-30T07:00", "2026-07-01T07:00"),  # summer: UTC-7
        ("2026-03-08T20:00", "2026-03-08T08:00", "2026-03-09T07:00"),  # 23 hours
        ("2026-11-01T20:00", "2026-11-01T07:00", "2026-11-02T08:00"),  # 25 hours
    ],
)
def test_quota_day_is_a_day_in_california(now: str, began: str, ends: str) -> None:
    assert quota_day(at(now)) == (at(began), at(ends))
    elsewhere = at(now).astimezone(ZoneInfo("Asia/Tokyo"))
    assert quota_day(elsewhere) == (at(began), at(ends))


def test_missing_time_zone_data_means_winter_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(name: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(module, "ZoneInfo", unknown)
    began, ends = quota_day(at("2026-07-01T12:00"))
    assert (began, ends - began) == (at("2026-07-01T08:00"), timedelta(days=1))
