"""With EPHEMERAL, jobs are deleted minutes after their sound and film were downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, select, update

from backend.app.services.jobs import expiry
from backend.app.settings import Settings
from backend.app.store.jobs.tables import FILES
from tests.api.conftest import Person, register, serving
from tests.api.routes.test_jobs import ARTIFACT, post, run
from tests.s3_server import Server

FILM = "pullover/film.mp4"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ephemeral": True})


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with serving(settings) as opened:
        opened.follow_redirects = False
        yield opened


@pytest.fixture
def job_id(alice: Person) -> str:
    return job_with_sound(alice)


def job_with_sound(alice: Person) -> str:
    """Run a test job, and call its artifact a sound."""
    found = str(run(alice)["id"])
    of_job = update(FILES).where(FILES.c.job_id == found, FILES.c.name == ARTIFACT)
    database(alice).change(of_job.values(media_type="audio/mpeg"))
    return found


def database(alice: Person):
    return alice.client.app.state.services.stores.database


def add_file(alice: Person, job_id: str, name: str, media_type: str) -> None:
    """Copy the job's sound as another artifact."""
    folder = alice.client.app.state.services.jobs.workspaces.of(job_id).root
    shutil.copy(folder / ARTIFACT, folder / name)
    row = {"job_id": job_id, "name": name, "step": "x", "size": 1, "sha256": name}
    with database(alice).write() as session:
        session.connection().execute(insert(FILES).values(media_type=media_type, **row))


def is_deleted_after(
    seconds: float, alice: Person, job_id: str, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Whether the job is deleted that long after now."""
    left_s = expiry._AFTER_DOWNLOAD_S - seconds
    with monkeypatch.context() as patch:
        patch.setattr(expiry, "_AFTER_DOWNLOAD_S", left_s)
        alice.client.app.state.services.expiry.delete_expired()
    return alice.get(f"/jobs/{job_id}").status_code == 404


def test_downloaded_job_is_deleted_after_five_minutes(alice, job_id, settings, monkeypatch):
    assert alice.get(f"/jobs/{job_id}/artifacts/{ARTIFACT}").status_code == 200
    assert not is_deleted_after(250, alice, job_id, monkeypatch)
    assert is_deleted_after(301, alice, job_id, monkeypatch)
    assert not (settings.storage_root / "jobs" / job_id).exists()


@pytest.mark.parametrize("ask", ["head", "start", "inline"])
def test_partial_reads_and_players_are_no_downloads(alice, job_id, monkeypatch, ask):
    path = f"/jobs/{job_id}/artifacts/{ARTIFACT}"
    if ask == "head":
        alice.client.head(path, headers=alice.headers)
    elif ask == "start":
        assert alice.get(path, Range="bytes=0-3").status_code == 206
    else:
        link = post(alice, f"{path}/link?inline=true").json()["url"]
        assert alice.client.get(link).status_code == 200
    assert not is_deleted_after(900, alice, job_id, monkeypatch)


def test_resumed_download_counts(alice, job_id, monkeypatch):
    path = f"/jobs/{job_id}/artifacts/{ARTIFACT}"
    assert alice.get(path, Range="bytes=4-").status_code == 206
    assert is_deleted_after(301, alice, job_id, monkeypatch)


def test_sound_and_film_must_be_downloaded_but_not_pictures(alice, job_id, monkeypatch):
    add_file(alice, job_id, FILM, "video/mp4")
    add_file(alice, job_id, "pullover/thumbnail.jpg", "image/jpeg")
    alice.get(f"/jobs/{job_id}/artifacts/{ARTIFACT}")
    assert not is_deleted_after(900, alice, job_id, monkeypatch)
    link = post(alice, f"/jobs/{job_id}/artifacts/{FILM}/link").json()["url"]
    assert alice.client.get(link).status_code == 200
    assert is_deleted_after(301, alice, job_id, monkeypatch)


def test_zip_downloads_all(alice, job_id, monkeypatch):
    add_file(alice, job_id, FILM, "video/mp4")
    assert alice.get(f"/jobs/{job_id}/artifacts.zip").status_code == 200
    assert is_deleted_after(301, alice, job_id, monkeypatch)


def test_other_server_records_and_deletes_nothing(settings, monkeypatch):
    with serving(settings.model_copy(update={"ephemeral": False})) as client:
        alice = register(client, "ann@example.org")
        job_id = job_with_sound(alice)
        assert alice.get(f"/jobs/{job_id}/artifacts/{ARTIFACT}").status_code == 200
        times = select(FILES.c.downloaded_s).where(FILES.c.read_until_s.is_not(None))
        assert database(alice).all(times) == []
        assert not is_deleted_after(900, alice, job_id, monkeypatch)


def test_link_to_the_store_counts_until_it_expires(settings, s3: Server, monkeypatch):
    named = {name.lower(): value for name, value in s3.settings("ephemeral").items()}
    shared = Settings(_env_file=None, storage_root=settings.storage_root, ephemeral=True, **named)
    with serving(shared) as client:
        alice = register(client, "ann@example.org")
        job_id = job_with_sound(alice)
        path = f"/jobs/{job_id}/artifacts/{ARTIFACT}?redirect=1"
        assert client.get(path, headers=alice.headers, follow_redirects=False).status_code == 302
        assert not is_deleted_after(850, alice, job_id, monkeypatch)
        assert is_deleted_after(901, alice, job_id, monkeypatch)
