"""Downloads of artifacts are recorded, and decide when a job is deleted."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from backend.app.store.jobs.downloads import Downloads
from backend.app.store.jobs.tables import FILES
from tests.jobs.rows import Rows

ARTIFACTS = {"mix.mp3": "audio/mpeg", "mix.mp4": "video/mp4", "report.json": "application/json"}
NOW = -1.0  # an age that everything has reached


@pytest.fixture
def downloads(rows: Rows) -> Downloads:
    return Downloads(rows.database)


def made(rows: Rows, *, succeeded: bool = True, files: dict[str, str] = ARTIFACTS) -> str:
    """A job with artifacts."""
    job_id = rows.job()
    claim = rows.claim()
    common = {"job_id": job_id, "step": "render", "size": 1, "sha256": "-"}
    values = [{"name": name, "media_type": kind, **common} for name, kind in files.items()]
    with rows.database.write() as session:
        session.connection().execute(insert(FILES), values)
    if succeeded:
        rows.queue.succeeded(claim)
    return job_id


def test_job_is_deleted_once_sound_and_film_are_downloaded(rows: Rows, downloads: Downloads):
    job_id, other = made(rows), made(rows)
    downloads.record(job_id, ["mix.mp3"], is_whole=True)
    downloads.record(job_id, ["mix.mp4", "report.json"], is_whole=False)
    assert downloads.delete_downloaded(NOW) == []
    downloads.record(job_id, ["mix.mp4"], is_whole=True)
    assert downloads.delete_downloaded(60.0) == []
    assert downloads.delete_downloaded(NOW) == [job_id]
    assert rows.jobs.known([job_id, other]) == {other}


def test_later_read_does_not_shorten_a_link(rows: Rows, downloads: Downloads):
    job_id = made(rows, files={"mix.mp3": "audio/mpeg"})
    downloads.record(job_id, ["mix.mp3"], is_whole=True, lasts_s=600.0)
    downloads.record(job_id, ["mix.mp3"], is_whole=False)
    assert downloads.delete_downloaded(NOW) == []
    assert downloads.delete_downloaded(-601.0) == [job_id]


def test_unfinished_jobs_and_jobs_without_sound_stay(rows: Rows, downloads: Downloads):
    for job_id in (made(rows, succeeded=False), made(rows, files={"a.json": "application/json"})):
        downloads.record(job_id, ["mix.mp3", "mix.mp4", "a.json"], is_whole=True)
        rows.set(job_id, status="succeeded")
    assert downloads.delete_downloaded(NOW) == []


def test_mix_that_will_be_published_stays(rows: Rows, downloads: Downloads):
    job_id = made(rows)
    rows.job(after=job_id)
    downloads.record(job_id, list(ARTIFACTS), is_whole=True)
    assert downloads.delete_downloaded(NOW) == []
