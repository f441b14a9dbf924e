"""Cleanup of the library and of sign-ins, retention and quota."""

from __future__ import annotations

import io
import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from PIL import Image

from backend.app import main
from backend.app.jobs import threads
from backend.app.media.normal_form import write_normal_form
from backend.app.services.tracks.recordings import open_recording
from backend.app.store.accounts.accounts import SignInFailureRow
from backend.app.store.accounts.credentials import RefreshTokenRow, SessionCodeRow
from backend.app.store.accounts.password_changes import PasswordResetRow
from backend.app.store.accounts.sign_ins import SignInRow
from backend.app.store.files.atomic_write import atomic_write
from tests.jobs.pipelines import STEP_NAMES, Wool

from .conftest import PASSWORD, Person, picture, register, serving, tone
from .routes.test_jobs import post, submit, wait

A_DAY_S = 24 * 3600.0


def files(settings, *kinds: str) -> set[str]:
    folders = (settings.storage_root / kind for kind in kinds or ("content", "images"))
    return {file.name for folder in folders for file in folder.rglob("*") if file.is_file()}


def age(settings, seconds: float) -> None:
    """Set every stored file's time back."""
    for kind in ("content", "images"):
        for file in (settings.storage_root / kind).rglob("*"):
            then = time.time() - seconds
            os.utime(file, (then, then))


def orphans(settings) -> set[str]:
    """A sound, its cover and a picture that no row names."""
    left = {"content/ab/" + "ab" * 32 + suffix for suffix in (".flac", ".jpg")} | {"images/x.png"}
    for name in left:
        path = settings.storage_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")
    return {name.rpartition("/")[2] for name in left}


def sweep(client: TestClient, hours: float = 0.0) -> None:
    sweeper = client.app.state.services.files.sweep
    object.__setattr__(sweeper, "retention_hours", hours)
    sweeper.sweep()


def test_files_without_a_row_are_deleted_after_a_day(client, alice, settings):
    alice.send_tracks(("a.wav", tone()))
    alice.send_image(picture())
    named = files(settings)
    left = orphans(settings)
    age(settings, A_DAY_S - 60)
    sweep(client)
    assert files(settings) == named | left
    age(settings, A_DAY_S + 60)
    sweep(client)
    assert files(settings) == named


def test_uploads_stay_without_a_retention_time(client, alice):
    crate = alice.send_tracks(("a.wav", tone())).json()
    sweep(client)
    assert alice.get(f"/uploads/{crate['id']}").status_code == 200


def test_expired_uploads_are_deleted_with_their_files(client, alice, settings):
    uploads = [alice.send_tracks(("a.wav", tone())).json(), alice.send_image(picture()).json()]
    sweep(client, hours=1.0)
    assert [alice.get(f"/uploads/{one['id']}").status_code for one in uploads] == [200, 200]
    sweep(client, hours=1e-9)
    assert [alice.get(f"/uploads/{one['id']}").status_code for one in uploads] == [404, 404]
    assert files(settings) == set()


def test_rows_of_sign_ins_that_no_one_can_use_are_swept(settings, monkeypatch):
    monkeypatch.setattr(threads.ThreadExecutor, "start", lambda executor: None)
    long_ago = datetime.now(UTC) - timedelta(days=31)
    tables = [SignInRow, RefreshTokenRow, SessionCodeRow, PasswordResetRow]
    with serving(settings) as client:
        running = client.app.state.services
        register(client, "ann@example.org")
        running.sign_in.own_account.make_reset("ann@example.org")
        client.post("/auth/token", data={"username": "ann@example.org", "password": "wrong"})
        database = running.stores.database
        database.change(*(sa.update(table).values(expires_at=long_ago) for table in tables))
        database.change(sa.update(SignInFailureRow).values(failed_at=long_ago))
        tables.append(SignInFailureRow)
        assert all(database.all(sa.select(table)) for table in tables)
        for chore in running.executor.chores:
            chore.run()
        assert not any(database.all(sa.select(table)) for table in tables)


def test_expiry_is_checked_every_minute(settings, monkeypatch):
    chores = {}
    monkeypatch.setattr(threads.ThreadExecutor, "start", lambda executor: None)
    with serving(settings) as client:
        for chore in client.app.state.services.executor.chores:
            chores.setdefault(chore.every_s, []).append(chore.run.__qualname__)
    often = [name for every_s, names in chores.items() if every_s <= 60.0 for name in names]
    assert {
        "AccountRemoval.sweep",
        "JobExpiry.delete_expired",
        "LibrarySweep.delete_expired",
    } <= set(often)


def test_inputs_of_a_pending_job_stay(client, alice, settings):
    job = submit(alice, Wool(mischief={STEP_NAMES[0]: "sleep"})).json()
    kept = files(settings)
    sweep(client, hours=1e-9)
    services = client.app.state.services
    [upload] = services.files.sweep.rows.uploaded_before(datetime.now(UTC))
    # no row any more, but a job still names the sound
    services.files.sweep.rows.delete_upload(*upload)
    age(settings, A_DAY_S + 60)
    sweep(client)
    assert files(settings) == kept
    post(alice, f"/jobs/{job['id']}/cancel")
    wait(alice, job["id"], lambda job: job["status"] == "cancelled")
    sweep(client)
    assert files(settings) == set()


@pytest.fixture
def small(settings):
    """A server with a quota of 400 kB per user."""
    tight = settings.model_copy(update={"max_library_size": 400_000})
    with TestClient(main.create_app(tight), base_url="http://localhost:8000") as client:
        who = {"email": "ann@example.org", "password": PASSWORD}
        yield Person(client, client.post("/auth/register", json=who).json())


def test_full_library_rejects_uploads_until_space_is_freed(small, settings):
    tones = [tone(hz, seconds=5.0) for hz in (300, 301, 302, 303, 304, 305, 306, 307, 308, 309)]
    kept = []
    while (answer := small.send_tracks(("a.wav", tones.pop()))).status_code == 201:
        kept.append(answer.json()["id"])
    before = files(settings)
    assert kept
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "quota_exceeded")
    assert answer.json()["error"]["hint"]
    assert files(settings) == before
    small.client.delete(f"/uploads/{kept[0]}", headers=small.headers)
    assert small.send_tracks(("a.wav", tones.pop())).status_code == 201


def test_pictures_count_towards_the_quota(small):
    noise = np.random.default_rng(1).integers(0, 256, (300, 300, 3), np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(noise).save(encoded, "PNG")  # 270 kB
    assert small.send_image(encoded.getvalue()).status_code == 201
    assert small.send_image(encoded.getvalue()).json()["error"]["code"] == "quota_exceeded"


def derived(settings, content: str, *names: str, idle_s: float) -> list[Path]:
    """Derived files of a track, unused for some time."""
    folder = settings.storage_root / "derived" / content[:2] / content
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        write_normal_form(folder / name, np.zeros((2, 100), np.float32), bits=24)
        then = time.time() - idle_s
        os.utime(folder / name, (then, then))
    return [folder / name for name in names]


HEAVY = ("stem-draft1-drums.flac", "stretch-v1-abc.flac")


def heavy(settings, content: str) -> list[Path]:
    """A stem, a stretched segment and measurements, unused for eight days."""
    return derived(settings, content, *HEAVY, "loudness-v4.npz.flac", idle_s=8 * A_DAY_S)


def test_unused_stems_expire_after_a_week_but_figures_stay(client, alice, settings):
    alice.send_tracks(("a.wav", tone()))
    [content] = {name.split(".")[0] for name in files(settings, "content")}
    old = heavy(settings, content)
    young = derived(settings, content, "stem-draft1-vocals.flac", idle_s=6 * A_DAY_S)
    sweep(client)
    assert [file.exists() for file in [*old, *young]] == [False, False, True, True]


def test_partial_files_of_a_killed_process_expire_after_an_hour(client, alice, settings):
    alice.send_tracks(("a.wav", tone()))
    [content] = {name.split(".")[0] for name in files(settings, "content")}
    stem = settings.storage_root / "derived" / content[:2] / content / "stem-draft1-bass.flac"
    stem.parent.mkdir(parents=True, exist_ok=True)
    left = []
    for idle_s in (2 * 3600.0, 60.0):
        with atomic_write(stem) as part:
            part.write_bytes(b"half")
            left.append(part.with_name(f"{idle_s}{part.name}"))
            shutil.copy(part, left[-1])
        then = time.time() - idle_s
        os.utime(left[-1], (then, then))
    sweep(client)
    assert [file.exists() for file in left] == [False, True]


def test_playing_a_stem_extends_its_life_by_a_week(client, alice, settings):
    content = "ab" * 32
    [stem] = derived(settings, content, HEAVY[0], idle_s=8 * A_DAY_S)
    store = client.app.state.services.stores.content_store
    open_recording(store, f"{content}/{HEAVY[0]}").close()
    sweep(client)
    assert stem.exists()


def test_stems_named_by_a_queued_job_stay(client, alice, settings):
    job = submit(alice, Wool(mischief={STEP_NAMES[0]: "sleep"})).json()
    [content] = {name.split(".")[0] for name in files(settings, "content")}
    made = heavy(settings, content)
    sweep(client)
    assert all(file.exists() for file in made)
    post(alice, f"/jobs/{job['id']}/cancel")
    wait(alice, job["id"], lambda job: job["status"] == "cancelled")
    sweep(client)
    assert not made[0].exists()


def test_files_derived_from_a_deleted_track_go_within_a_day(client, alice, settings):
    content = "cd" * 32
    [stem] = derived(settings, content, HEAVY[0], idle_s=0)
    sweep(client)
    assert stem.exists()
    then = time.time() - A_DAY_S - 60
    os.utime(stem.parent, (then, then))
    sweep(client)
    assert not stem.parent.exists()
