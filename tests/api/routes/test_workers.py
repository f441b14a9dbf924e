"""Admins see the processes that run jobs."""

from __future__ import annotations

import os

import pytest

from backend.app import VERSION
from backend.app.store.jobs.workers import Gpu, WorkerFacts, WorkerStore
from tests.api.conftest import tone
from tests.patience import wait_until

PATH = "/admin/workers"


def test_process_with_threads_is_listed(alice):
    wait_until(lambda: alice.get(PATH).json()["workers"])
    [worker] = alice.get(PATH).json()["workers"]
    assert worker["is_alive"]
    assert worker["pid"] == str(os.getpid())
    assert set(worker["queues"]) == {"work", "interactive", "analysis", "net"}
    assert worker["version"] == VERSION


def test_only_admins_see_workers(alice, bob):
    answer = bob.get(PATH)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "not_allowed"


@pytest.mark.parametrize("model", ["htdemucs", "draft"])
@pytest.mark.parametrize("has_gpu", [True, False])
def test_separation_runs_on_a_living_gpu(alice, monkeypatch, model, has_gpu):
    services = alice.client.app.state.services
    if has_gpu:
        gpu = WorkerFacts("g", ("gpu",), 4, (), VERSION, Gpu("Tesla T4", 0, 1))
        WorkerStore(services.stores.database).describe(gpu)
    track = alice.send_tracks(("a.wav", tone())).json()["tracks"][0]["id"]
    added = []
    monkeypatch.setattr(
        type(services.stores.jobs), "add", lambda _, *new, **__: not added.extend(new)
    )
    form = {"kind": "stems", "track_id": track, "model": model, "weights_notice_accepted": True}
    alice.client.post("/jobs", json=form, headers=alice.headers)
    assert [job.lane for job in added] == ["gpu" if has_gpu and model != "draft" else "work"]
