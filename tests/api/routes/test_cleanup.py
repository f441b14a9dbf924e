"""Admins delete at once what the sweeps would delete; ephemeral servers keep an hour."""

from __future__ import annotations

import os

import pytest

from backend.app.settings import Settings


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


@pytest.mark.parametrize(("hours", "kept"), [(0.0, 1.0), (0.5, 0.5), (48.0, 1.0)])
def test_ephemeral_server_keeps_an_hour_at_most(hours: float, kept: float):
    assert Settings(_env_file=None, retention_hours=hours).kept_hours == hours
    assert Settings(_env_file=None, retention_hours=hours, ephemeral=True).kept_hours == kept
