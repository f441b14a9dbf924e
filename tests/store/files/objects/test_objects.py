"""One suite for both object stores: a folder, and S3 against a real server."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.app.errors import StorageDown
from backend.app.store.files.objects.folder import FolderObjects
from backend.app.store.files.objects.port import Objects
from tests.s3_server import Server

from .stores import s3_objects

KEY = "content/ab/sound.flac"
#: More than two parts of 16 MiB
LARGE = 40 << 20


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return FolderObjects(tmp_path / "objects")
    server: Server = request.getfixturevalue("s3")
    return s3_objects(server)


@pytest.fixture
def put(objects: Objects, tmp_path: Path) -> Callable[[str, bytes], str]:
    def put_bytes(key: str, data: bytes) -> str:
        file = tmp_path / "new"
        file.write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        objects.put(key, file, sha256)
        return sha256

    return put_bytes


Put = Callable[[str, bytes], str]


@pytest.mark.parametrize("n_bytes", [0, 5, LARGE])
def test_fetched_bytes_are_those_that_were_put(
    objects: Objects, put: Put, tmp_path: Path, n_bytes: int
) -> None:
    data = os.urandom(n_bytes)
    sha256 = put(KEY, data)
    objects.fetch(KEY, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == data
    info = objects.info(KEY)
    assert info is not None
    assert (info.key, info.size, info.sha256) == (KEY, len(data), sha256)


def test_missing_object_has_no_info_and_cannot_be_fetched(objects: Objects, tmp_path: Path) -> None:
    assert objects.info(KEY) is None
    with pytest.raises(FileNotFoundError):
        objects.fetch(KEY, tmp_path / "fetched")
    objects.delete(KEY)
    objects.renew(KEY)


def test_second_put_replaces_the_object(objects: Objects, put: Put, tmp_path: Path) -> None:
    put(KEY, b"first")
    second = put(KEY, b"second take")
    objects.fetch(KEY, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == b"second take"
    info = objects.info(KEY)
    assert info is not None and info.sha256 == second


def test_reader_sees_a_whole_object_while_it_is_replaced(
    objects: Objects, put: Put, tmp_path: Path
) -> None:
    takes = [bytes([letter]) * (1 << 20) for letter in b"ab"]
    put(KEY, takes[0])
    file = tmp_path / "next"
    file.write_bytes(takes[1])
    writer = threading.Thread(
        target=objects.put, args=(KEY, file, hashlib.sha256(takes[1]).hexdigest())
    )
    writer.start()
    while writer.is_alive():
        objects.fetch(KEY, tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() in takes
    writer.join()


def test_file_that_changed_under_way_is_not_stored(objects: Objects, tmp_path: Path) -> None:
    file = tmp_path / "new"
    file.write_bytes(b"other bytes")
    if isinstance(objects, FolderObjects):
        with pytest.raises(StorageDown):
            objects.put(KEY, file, hashlib.sha256(b"sound").hexdigest())
        assert objects.info(KEY) is None


def test_keys_are_listed_by_prefix(objects: Objects, put: Put) -> None:
    for key in ("jobs/1/mix.mp3", "jobs/1/stems/a.flac", "jobs/12/mix.mp3", "images/a.png"):
        put(key, key.encode())
    assert [(one.key, one.size) for one in objects.keys("jobs/1/")] == [
        ("jobs/1/mix.mp3", 14),
        ("jobs/1/stems/a.flac", 19),
    ]
    assert len(list(objects.keys("jobs/"))) == 3
    assert list(objects.keys("content/")) == []


def test_deleted_object_is_gone(objects: Objects, put: Put) -> None:
    put(KEY, b"sound")
    objects.delete(KEY)
    assert objects.info(KEY) is None
    assert list(objects.keys("")) == []


def test_renewed_object_is_younger_and_has_the_same_bytes(
    objects: Objects, put: Put, tmp_path: Path
) -> None:
    sha256 = put(KEY, b"sound")
    before = objects.info(KEY)
    objects.renew(KEY)
    after = objects.info(KEY)
    assert before is not None and after is not None
    assert (after.size, after.sha256) == (5, sha256)
    assert after.modified_s >= before.modified_s
    objects.fetch(KEY, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == b"sound"
