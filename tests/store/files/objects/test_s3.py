"""What only S3 has: links, credentials, servers that fail."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from backend.app.errors import StorageDown, StorageRefused
from backend.app.store.files.objects.port import LinkTerms
from backend.app.store.files.objects.s3 import S3Config, S3Objects
from backend.app.store.files.objects.s3_errors import translated
from tests.ports import free_port
from tests.s3_server import Server

from .stores import s3_objects

TERMS = LinkTerms("Nächtliche Fahrt; 1.mp3", "audio/mpeg", inline=False, seconds=60)


def put(objects: S3Objects, folder: Path, data: bytes) -> None:
    file = folder / "new"
    file.write_bytes(data)
    objects.put("mix.mp3", file, hashlib.sha256(data).hexdigest())


def test_link_gives_the_file_its_name_and_type(s3: Server, tmp_path: Path) -> None:
    objects = s3_objects(s3)
    put(objects, tmp_path, b"0123456789")
    url = objects.link("mix.mp3", TERMS)
    assert url is not None
    request = urllib.request.Request(url, headers={"Range": "bytes=2-4"})
    with urllib.request.urlopen(request) as answer:
        assert (answer.status, answer.read()) == (206, b"234")
        assert answer.headers["Content-Type"] == "audio/mpeg"
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename*=utf-8''N%C3%A4chtliche%20Fahrt%3B%201.mp3"
        )


@pytest.mark.parametrize(
    "change",
    [("mix.mp3", "mix.wav"), ("audio%2Fmpeg", "text%2Fhtml"), ("Signature=", "Signature=0")],
)
def test_changed_link_is_refused(s3: Server, tmp_path: Path, change: tuple[str, str]) -> None:
    objects = s3_objects(s3)
    put(objects, tmp_path, b"sound")
    url = objects.link("mix.mp3", TERMS)
    assert url is not None and change[0] in url
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url.replace(*change, 1))
    refused.value.close()
    assert refused.value.code == 403


def test_link_has_the_public_endpoint(s3: Server) -> None:
    objects = s3_objects(s3, public_endpoint_url="https://files.example.org")
    url = objects.link("mix.mp3", TERMS)
    assert url is not None and url.startswith("https://files.example.org/segue/")


def test_wrong_credentials_are_refused(s3: Server, tmp_path: Path) -> None:
    objects = s3_objects(s3, secret_access_key="wrong")
    with pytest.raises(StorageRefused):
        put(objects, tmp_path, b"sound")
    with pytest.raises(StorageRefused):
        objects.info("mix.mp3")


def test_missing_bucket_is_refused() -> None:
    # SeaweedFS makes the bucket; others answer with this
    with pytest.raises(StorageRefused), translated():
        raise ClientError({"Error": {"Code": "NoSuchBucket"}}, "PutObject")


def test_absent_server_is_down_and_a_job_waits(tmp_path: Path) -> None:
    config = S3Config(
        "segue",
        endpoint_url=f"http://127.0.0.1:{free_port()}",
        access_key_id="a",
        secret_access_key="b",
        timeout_s=0.2,
    )
    objects = S3Objects(config)
    with pytest.raises(StorageDown) as down:
        put(objects, tmp_path, b"sound")
    assert down.value.retryable
    with pytest.raises(StorageDown):
        objects.fetch("mix.mp3", tmp_path / "fetched")
