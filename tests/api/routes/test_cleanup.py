"""Admins delete at once what the sweeps would delete; ephemeral servers keep an hour."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.app.settings import Settings

from ..conftest import register, serving


def test_admin_removes_folders_without_a_job(alice, bob, settings: Settings):
    folder = settings.storage_root / "jobs" / ("0" * 32)
    folder.mkdir(parents=True)
    os.utime(folder, (0, 0))
    refused = bob.client.post("/admin/cleanup", headers=bob.headers)
    assert (refused.status_code, folder.exists()) == (403, True)
    answer = alice.client.post("/admin/cleanup", headers=alice.headers)
    assert answer.status_code == 200
    assert set(answer.json()) == {"free_bytes_before", "free_bytes_after"}
    assert not folder.exists()


def test_cleanup_sweeps_the_object_store_too(settings: Settings, tmp_path: Path):
    shared = settings.model_copy(update={"blob_url": f"file://{tmp_path}/shared"})
    lost = tmp_path / "shared" / "images" / "lost.png"
    with serving(shared) as client:
        alice = register(client, "alice@example.org")
        lost.parent.mkdir(parents=True, exist_ok=True)
        lost.write_text("lost")
        os.utime(lost, (0, 0))
        alice.client.post("/admin/cleanup", headers=alice.headers).raise_for_status()
    assert not lost.exists()


@pytest.mark.parametrize(("hours", "kept"), [(0.0, 1.0), (0.5, 0.5), (48.0, 1.0)])
def test_ephemeral_server_keeps_an_hour_at_most(hours: float, kept: float):
    assert Settings(_env_file=None, retention_hours=hours).kept_hours == hours
    assert Settings(_env_file=None, retention_hours=hours, ephemeral=True).kept_hours == kept
