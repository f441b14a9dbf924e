"""Minutes of separation that a user may use on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.app.services.jobs.quotas import Quotas, SeparationQuotaSpent
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.stems.uncached import uncached_s
from backend.app.store.files.blobs import ContentStore
from backend.app.store.jobs.job_store import NewJob
from backend.app.store.jobs.separated import separated_s
from tests.jobs.rows import Rows

EVENING = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
QUOTAS = Quotas(20, separation_s_per_day=600.0, now=lambda: EVENING)


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    opened = Rows(tmp_path)
    for name in ("ann", "bob"):
        opened.user(name)
    yield opened
    opened.database.close()


def charge(rows: Rows, user: str, seconds: float, quotas: Quotas = QUOTAS) -> float:
    """Charge a user; return the seconds of the day."""
    with rows.database.write() as session:
        quotas.charge_separation(session, user, seconds)
        return separated_s(session, user, quotas.now().date())


def test_user_over_the_limit_reads_when_it_is_possible_again(rows: Rows) -> None:
    assert charge(rows, "ann", 400.0) == 400.0
    assert charge(rows, "ann", 200.0) == 600.0
    with pytest.raises(SeparationQuotaSpent) as caught:
        charge(rows, "ann", 90.0)
    assert caught.value.message == (
        "Separating these songs takes 1.5 min of your 10 min a day, of which 10 min are used."
    )
    assert caught.value.hint.startswith("It is possible again at 2026-12-02 00:00 UTC.")
    assert caught.value.retry_after_s == 9001
    assert charge(rows, "bob", 600.0) == 600.0


def test_songs_longer_than_a_whole_day_are_not_promised_for_tomorrow(rows: Rows) -> None:
    with pytest.raises(SeparationQuotaSpent) as caught:
        charge(rows, "ann", 601.0)
    assert caught.value.hint.startswith("Choose fewer or shorter songs")


def test_minutes_begin_again_the_next_day(rows: Rows) -> None:
    charge(rows, "ann", 600.0)
    tomorrow = replace(QUOTAS, now=lambda: datetime(2026, 12, 2, tzinfo=UTC))
    assert charge(rows, "ann", 500.0, tomorrow) == 500.0


def test_without_a_limit_minutes_are_only_counted(rows: Rows) -> None:
    assert charge(rows, "ann", 1e6, replace(QUOTAS, separation_s_per_day=0.0)) == 1e6


def test_job_that_is_not_accepted_costs_nothing(rows: Rows) -> None:
    job = NewJob("1" * 32, "ann", "stems", "Stems", "{}", "{}", 1.0)

    def check(session: object) -> None:
        QUOTAS.charge_separation(session, "ann", 60.0)

    assert not rows.jobs.add(job, quota=0, check=check)
    assert charge(rows, "ann", 1.0) == 1.0
    assert rows.jobs.add(job, quota=1, check=check)
    assert charge(rows, "ann", 1.0) == 62.0


class Model:
    """A separator of two stems, with or without its weights."""

    key = "model1"
    sources = ("vocals", "drums")

    def __init__(self, *, ready: bool = True) -> None:
        self.ready = ready

    def is_ready(self, _name: str) -> bool:
        return self.ready

    def named(self, _name: str) -> Model:
        return self


def test_cached_stems_and_the_draft_cost_nothing(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)
    cached, half, new = (
        TrackRef(track_id=d, content_hash=d * 64, title=d, n_samples=44_100 * n)
        for d, n in (("a", 1), ("b", 10), ("c", 100))
    )
    for track, stem in ((cached, "vocals"), (cached, "drums"), (half, "vocals")):
        store.derived(track.content_hash, f"stem-model1-{stem}.flac").write_text("stem")
    songs = (cached, half, new, new)
    assert uncached_s(store, Model(), "htdemucs", songs, ()) == 110.0
    assert uncached_s(store, Model(), "htdemucs", songs, ["vocals"]) == 100.0
    assert uncached_s(store, Model(ready=False), "htdemucs", songs, ()) == 111.0
    assert uncached_s(store, Model(), "draft", songs, ()) == 0.0
