"""Hours for which kinds of jobs and uploads are kept."""

from __future__ import annotations

from backend.app.settings import Settings
from backend.app.wiring.retention import retention


def hours(**values: object) -> tuple[float, float, float]:
    found = retention(Settings(_env_file=None, **values))
    return found.of("stems"), found.of("uploads"), found.of("mixtape")


def test_kinds_have_their_own_hours_and_others_the_common_ones() -> None:
    by_kind = " stems = 3d , uploads=90min,"
    assert hours(retention_hours=12.0, retention_hours_by_kind=by_kind) == (72.0, 1.5, 12.0)
    assert hours(retention_hours_by_kind="stems=2") == (2.0, 0.0, 0.0)


def test_zero_keeps_a_kind_although_others_expire() -> None:
    assert hours(retention_hours=12.0, retention_hours_by_kind="stems=0") == (0.0, 12.0, 12.0)


def test_ephemeral_limits_all_kinds_to_an_hour() -> None:
    by_kind = "stems=0,uploads=30min"
    assert hours(ephemeral=True, retention_hours_by_kind=by_kind) == (1.0, 0.5, 1.0)
