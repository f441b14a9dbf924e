"""Artifacts in an object store: links to it, for users who may have the file."""

from __future__ import annotations

import io
import secrets
import shutil
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from backend.app.settings import Settings
from tests.api.conftest import Person, serving
from tests.api.routes.test_jobs import ARTIFACT, run
from tests.s3_server import Server


@pytest.fixture
def settings(tmp_path: Path, s3: Server) -> Settings:
    named = {name.lower(): value for name, value in s3.settings(secrets.token_hex(4)).items()}
    return Settings(_env_file=None, storage_root=tmp_path / "storage", **named)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with serving(settings) as opened:
        opened.follow_redirects = False
        yield opened


@pytest.fixture
def artifact(alice: Person) -> str:
    """The address of one of Alice's artifacts."""
    job = run(alice)
    assert job["status"] == "succeeded", job
    return f"/jobs/{job['id']}/artifacts/{ARTIFACT}"


def read(url: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.read(), dict(answer.headers)


def test_redirect_leads_to_the_same_bytes_under_the_mix_name(alice: Person, artifact: str) -> None:
    plain = alice.get(artifact)
    answer = alice.get(f"{artifact}?redirect=1")
    assert (plain.status_code, answer.status_code) == (200, 302)
    assert answer.headers["cache-control"] == "no-store"
    content, headers = read(answer.headers["location"])
    assert content == plain.content
    assert headers["Content-Type"] == plain.headers["content-type"]
    assert "Knits" in headers["Content-Disposition"]
    assert headers["Content-Disposition"].startswith("attachment;")
    assert read(answer.headers["location"], Range="bytes=1-3")[0] == plain.content[1:4]


def test_redirect_is_valid_for_ten_minutes(alice: Person, artifact: str) -> None:
    url = alice.get(f"{artifact}?redirect=1").headers["location"]
    assert int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0]) <= 600
    assert alice.tokens["access_token"] not in url


def test_other_users_get_no_link(alice: Person, bob: Person, artifact: str) -> None:
    answer = bob.get(f"{artifact}?redirect=1")
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_signed_link_redirects_pages_but_not_scripts(alice: Person, artifact: str) -> None:
    link = alice.client.post(f"{artifact}/link", headers=alice.headers).json()["url"]
    link = link.removeprefix("http://localhost:8000")
    assert alice.client.get(link).status_code == 302
    script = alice.client.get(link, headers={"Sec-Fetch-Mode": "cors"})
    assert (script.status_code, script.content) == (200, alice.get(artifact).content)
    assert alice.client.get(f"{link}&redirect=0").status_code == 200
    assert alice.client.get(link.replace("inline=0", "inline=1")).status_code == 404


def test_artifacts_stay_when_the_copies_are_gone(
    alice: Person, artifact: str, settings: Settings
) -> None:
    before = alice.get(artifact)
    job = artifact.split("/")[2]
    shutil.rmtree(settings.storage_root / "jobs" / job)
    after = alice.get(artifact, Range="bytes=0-9")
    assert (after.status_code, after.content) == (206, before.content[:10])
    assert after.headers["etag"] == before.headers["etag"]
    shutil.rmtree(settings.storage_root / "jobs" / job)
    archive = zipfile.ZipFile(io.BytesIO(alice.get(f"/jobs/{job}/artifacts.zip").content))
    assert [archive.read(name) for name in archive.namelist()] == [before.content]


def test_artifact_from_before_the_object_store_is_sent_by_the_server(
    alice: Person, artifact: str, settings: Settings
) -> None:
    before = alice.get(artifact).content
    objects = alice.client.app.state.services.stores.objects
    objects.remove_folder(settings.storage_root / "jobs" / artifact.split("/")[2])
    answer = alice.get(f"{artifact}?redirect=1")
    assert (answer.status_code, answer.content) == (200, before)


def test_deleted_job_leaves_no_objects(alice: Person, artifact: str) -> None:
    job = artifact.split("/")[2]
    url = alice.get(f"{artifact}?redirect=1").headers["location"]
    assert alice.client.delete(f"/jobs/{job}", headers=alice.headers).status_code == 204
    with pytest.raises(urllib.error.HTTPError) as gone:
        read(url)
    gone.value.close()
    assert gone.value.code == 404
