"""S3 that fails, hangs, is slow, or loses bytes: nothing is lost, nothing wrong appears."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from botocore.retries import standard

from backend.app.errors import StorageDown, StorageRefused
from backend.app.store.files.objects.s3 import S3Config, S3Objects
from backend.app.store.files.objects.s3_errors import translated
from backend.app.store.files.objects.storage_errors import storage_down
from tests import s3_faults, s3_server
from tests.s3_faults import Fault, Proxy

#: Two parts
LARGE = 20 << 20
KEY = "jobs/1/mix.wav"


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda *_: 0.0)


@pytest.fixture
def proxy(s3: s3_server.Server) -> Iterator[Proxy]:
    with s3_faults.in_front_of(s3.ports["s3.port"]) as proxy:
        yield proxy


@pytest.fixture
def objects(proxy: Proxy) -> S3Objects:
    return S3Objects(
        S3Config(
            s3_server.BUCKET,
            prefix=os.urandom(4).hex(),
            endpoint_url=proxy.url,
            access_key_id=s3_server.ACCESS_KEY,
            secret_access_key=s3_server.SECRET_KEY,
            timeout_s=2.0,
        )
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mix.wav"
    file.write_bytes(os.urandom(LARGE))
    return file


def put(objects: S3Objects, file: Path) -> None:
    objects.put(KEY, file, hashlib.sha256(file.read_bytes()).hexdigest())


def fetched(objects: S3Objects, file: Path) -> bytes:
    target = file.with_name("fetched")
    objects.fetch(KEY, target)
    return target.read_bytes()


PASSING = {
    "500": (Fault(status=500), 3),
    "503": (Fault(status=503), 3),
    "slow": (Fault(wait_s=0.3), 5),
    "hangs": (Fault(wait_s=2.5), 1),
}


@pytest.mark.parametrize("name", PASSING)
def test_passing_fault_is_not_noticed(
    objects: S3Objects, proxy: Proxy, file: Path, name: str
) -> None:
    fault, times = PASSING[name]
    proxy.set(fault, times=times)
    put(objects, file)
    assert proxy.met == times
    proxy.set(fault, times=times)
    assert fetched(objects, file) == file.read_bytes()
    assert proxy.met > 0


def test_cut_answer_is_read_again(objects: S3Objects, proxy: Proxy, file: Path) -> None:
    put(objects, file)
    proxy.set(Fault(cuts=True), what="^GET", times=2)
    assert fetched(objects, file) == file.read_bytes()
    assert proxy.met == 2


@pytest.mark.parametrize("what", ["^POST", "partNumber=2"])
def test_nothing_appears_while_the_store_fails(
    objects: S3Objects, proxy: Proxy, file: Path, what: str
) -> None:
    proxy.set(Fault(status=500), what=what)
    with pytest.raises(StorageDown):
        put(objects, file)
    proxy.heal()
    assert objects.info(KEY) is None
    put(objects, file)
    assert fetched(objects, file) == file.read_bytes()


def test_lost_part_is_noticed(objects: S3Objects, proxy: Proxy, file: Path) -> None:
    proxy.set(Fault(loses=True), what="partNumber=2", times=1)
    with pytest.raises(StorageDown):
        put(objects, file)
    assert proxy.met == 1
    assert objects.info(KEY) is None
    put(objects, file)
    assert fetched(objects, file) == file.read_bytes()


def test_lost_object_is_noticed(objects: S3Objects, proxy: Proxy, file: Path) -> None:
    file.write_bytes(b"small")
    proxy.set(Fault(loses=True), what="^PUT", times=1)
    with pytest.raises(StorageDown):
        put(objects, file)
    put(objects, file)
    assert fetched(objects, file) == b"small"


def test_object_of_another_machine_survives(
    objects: S3Objects, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt that has lost its lease must not delete the file of the next one."""
    file.write_bytes(b"of the late attempt")
    other = file.with_name("other")
    other.write_bytes(b"of the next attempt")
    upload = objects._client.upload_file

    def upload_then_other(*args: object, **more: object) -> None:
        upload(*args, **more)
        monkeypatch.undo()
        put(objects, other)

    monkeypatch.setattr(objects._client, "upload_file", upload_then_other)
    with pytest.raises(StorageDown):
        put(objects, file)
    assert fetched(objects, file) == b"of the next attempt"


def test_job_tries_again_well_within_a_minute() -> None:
    """A fault that has just passed must not keep a job waiting for long."""
    assert storage_down().until_s - time.time() <= 20.0


@pytest.mark.parametrize(
    ("off_s", "expected"), [(0.0, StorageRefused), (3600.0, StorageDown), (-3600.0, StorageDown)]
)
def test_refusal_of_a_wrong_clock_passes(off_s: float, expected: type[Exception]) -> None:
    """S3 answers a HEAD with 403 if the signature's time is off; the job must not fail for it."""
    headers = {"date": formatdate(time.time() + off_s, usegmt=True)}
    answer = {"Error": {"Code": "403"}, "ResponseMetadata": {"HTTPHeaders": headers}}
    with pytest.raises(expected), translated():
        raise ClientError(answer, "HeadObject")
