"""The same mixtape from Celery workers on PostgreSQL as from threads on SQLite."""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path

import pytest

from backend.app.contract.jobs import JobView
from backend.app.store.files.objects.s3 import S3Objects
from tests import s3_server
from tests.journey.server import Visitor, serving, visiting
from tests.store.files.objects.stores import s3_objects

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


@pytest.fixture(scope="module")
def expected(crate: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What threads make on one machine."""
    folder = tmp_path_factory.mktemp("one")
    with serving(folder / "storage") as server, visiting(server) as visitor:
        return digests(visitor, make_mixtape(visitor, crate), folder / "expected")


def test_celery_and_threads_make_the_same_files(
    crate: list[Path], settings: dict[str, str], expected: dict[str, str], tmp_path: Path
) -> None:
    storage = tmp_path / "many"
    with (
        serving(storage, **settings) as server,
        worker(storage, settings),
        visiting(server) as visitor,
    ):
        job = make_mixtape(visitor, crate)
        assert digests(visitor, job, tmp_path / "found") == expected
        assert job.attempt == 1


def test_machines_without_a_common_folder_make_the_same_files(
    crate: list[Path],
    settings: dict[str, str],
    expected: dict[str, str],
    s3: s3_server.Server,
    tmp_path: Path,
) -> None:
    secret = {
        name: secrets.token_hex(32)
        for name in ("JWT_SECRET", "FRONTEND_SECRET", "TOKENS_ENCRYPTION_KEY")
    }
    settings = {**settings, **secret, **s3.settings("journey")}
    folders = [tmp_path / name / "storage" for name in ("api", "worker")]
    for folder in folders:
        folder.parent.mkdir()
    with (
        serving(folders[0], **settings) as server,
        worker(folders[1], settings),
        visiting(server) as visitor,
    ):
        job = make_mixtape(visitor, crate)
        assert digests(visitor, job, tmp_path / "found") == expected
        assert job.attempt == 1
    assert_stored(folders, s3_objects(s3, prefix="journey"))


def assert_stored(folders: list[Path], objects: S3Objects) -> None:
    """Every file of both machines is in the object store, except work in progress and caches."""
    stored = {info.key for info in objects.keys("")}
    for folder in folders:
        kinds = [folder / kind for kind in ("content", "derived", "images", "jobs")]
        files = [file for kind in kinds for file in kind.rglob("*") if file.is_file()]
        assert {file.relative_to(folder).as_posix() for file in files} <= stored
