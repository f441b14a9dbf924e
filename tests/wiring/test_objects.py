"""Which object store the settings name, and which settings are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from backend.app.errors import BadSettings
from backend.app.settings import Settings
from backend.app.store.files.objects.port import LinkTerms
from backend.app.wiring.objects import check_blob_url, open_objects
from tests import ROOT


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(storage: Path, **given: object) -> Settings:
    return Settings(_env_file=None, storage_root=storage, **given)


def test_without_the_setting_nothing_is_imported(tmp_path: Path) -> None:
    assert open_objects(settings(tmp_path)) is None
    code = "import sys, backend.app.main; print({'boto3', 'botocore'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "set()"


def test_folder_is_an_object_store(tmp_path: Path) -> None:
    objects = open_objects(settings(tmp_path / "here", blob_url=f"file://{tmp_path}/shared"))
    assert objects is not None
    file = tmp_path / "here" / "images" / "a.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"picture")
    objects.send(file)
    assert (tmp_path / "shared" / "images" / "a.png").read_bytes() == b"picture"


@pytest.mark.parametrize(
    "given",
    [
        {
            "aws_endpoint_url": "http://minio:9000",
            "aws_access_key_id": "ada",
            "aws_secret_access_key": "secret",
        },
        {"minio_endpoint": "minio:9000", "minio_access_key": "ada", "minio_secret_key": "secret"},
    ],
)
def test_links_show_bucket_prefix_endpoint_and_account(
    tmp_path: Path, given: dict[str, object]
) -> None:
    objects = open_objects(settings(tmp_path, blob_url="s3://mixes/house/one", **given))
    assert objects is not None
    url = objects.link(tmp_path / "jobs/1/mix.mp3", LinkTerms("m.mp3", "audio/mpeg", False, 60))
    assert url is not None
    assert url.startswith("http://minio:9000/mixes/house/one/jobs/1/mix.mp3?")
    assert "Credential=ada%2F" in url


@pytest.mark.parametrize(
    "url", ["s3://", "s3:mixes", "https://mixes", "file://host/shared", "file:shared", "mixes"]
)
def test_unusable_address_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettings, match="BLOB_URL"):
        check_blob_url(settings(tmp_path, blob_url=url))


def test_workers_need_the_same_key(tmp_path: Path) -> None:
    given = {"blob_url": "s3://mixes", "executor": "celery"}
    with pytest.raises(BadSettings, match="TOKENS_ENCRYPTION_KEY"):
        check_blob_url(settings(tmp_path, **given))
    check_blob_url(settings(tmp_path, **given, tokens_encryption_key="0" * 64))
