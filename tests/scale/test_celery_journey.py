"""The same mixtape from Celery workers on PostgreSQL as from threads on SQLite."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from backend.app.contract.jobs import JobView
from tests.journey.server import Visitor, serving, visiting

from .services import worker

#: Files that name the job, or when it ran
WITH_NAMES = {"timeline.json", "report.json"}


def make_mixtape(visitor: Visitor, crate: list[Path]) -> JobView:
    uploaded = visitor.upload_tracks(crate)
    job = visitor.start(tracks_upload_id=uploaded.id, title="Same", transitions="dj", order="auto")
    job = visitor.wait_for(job.id)
    assert job.status == "succeeded", job.error
    return job


def digests(visitor: Visitor, job: JobView, folder: Path) -> dict[str, str]:
    folder.mkdir()
    files = {a.name: visitor.download(job, a.name, folder) for a in job.artifacts}
    return {
        name: sha256(file.read_bytes()).hexdigest()
        for name, file in files.items()
        if name not in WITH_NAMES
    }


def test_celery_and_threads_make_the_same_files(
    crate: list[Path], settings: dict[str, str], tmp_path: Path
) -> None:
    with serving(tmp_path / "one") as server, visiting(server) as visitor:
        expected = digests(visitor, make_mixtape(visitor, crate), tmp_path / "expected")
    storage = tmp_path / "many"
    with (
        serving(storage, **settings) as server,
        worker(storage, settings),
        visiting(server) as visitor,
    ):
        job = make_mixtape(visitor, crate)
        assert digests(visitor, job, tmp_path / "found") == expected
        assert job.attempt == 1
