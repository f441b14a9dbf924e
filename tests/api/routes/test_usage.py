"""Users see how much of their quotas they use."""

from __future__ import annotations

from backend.app.services.jobs.jobs import JOBS_PER_ACCOUNT
from tests.api.conftest import tone
from tests.patience import wait_until


def test_usage_counts_ones_own_files_and_jobs(alice, bob):
    before = alice.get("/auth/usage").json()
    assert before == {
        "jobs": 0,
        "max_jobs": JOBS_PER_ACCOUNT,
        "library_bytes": 0,
        "max_library_bytes": 5120 * 1024**2,
        "job_bytes": 0,
    }
    crate = alice.send_tracks(("a.wav", tone())).json()
    form = {"tracks_upload_id": crate["id"]}
    job_id = alice.client.post("/jobs", json=form, headers=alice.headers).json()["id"]
    wait_until(lambda: alice.get(f"/jobs/{job_id}").json()["status"] == "succeeded")
    used = alice.get("/auth/usage").json()
    assert used["library_bytes"] > 1000
    artifacts = alice.get(f"/jobs/{job_id}").json()["artifacts"]
    assert used["job_bytes"] >= sum(one["size"] for one in artifacts) > 0
    assert bob.get("/auth/usage").json() == before
