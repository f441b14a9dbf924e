"""Two Celery workers share one mixtape, and make the same files as threads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.app.contract.jobs import JobView
from composer.files import write_crate
from tests.journey.server import Visitor, serving, visiting

from .services import worker
from .test_celery_journey import digests


@pytest.fixture(scope="module")
def long_crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three songs that are long enough to be worth sharing."""
    folder = tmp_path_factory.mktemp("long_crate")
    write_crate(folder, n_songs=3, seed=5, duration_s=75.0, formats=("wav",))
    return sorted(folder.glob("*.wav"))


def make_mixtape(visitor: Visitor, crate: list[Path]) -> JobView:
    uploaded = visitor.upload_tracks(crate)
    job = visitor.start(tracks_upload_id=uploaded.id, title="Same", transitions="crossfade")
    job = visitor.wait_for(job.id)
    assert job.status == "succeeded", job.error
    return job


def test_two_workers_share_a_mixtape_and_make_the_same_files(
    long_crate: list[Path], settings: dict[str, str], tmp_path: Path
) -> None:
    with serving(tmp_path / "one") as server, visiting(server) as visitor:
        expected = digests(visitor, make_mixtape(visitor, long_crate), tmp_path / "expected")
    storage, alone = tmp_path / "many", {**settings, "RENDER_WORKERS": "1"}
    with (
        serving(storage, **settings) as server,
        worker(storage, alone, ["cpu"]),
        worker(storage, alone, ["cpu"]),
        visiting(server) as visitor,
    ):
        job = make_mixtape(visitor, long_crate)
        assert digests(visitor, job, tmp_path / "found") == expected
        assert job.attempt == 1
    log = (tmp_path / "worker.log").read_text()
    assert re.search(rf"{job.id}.* helping with step mixing", log)
