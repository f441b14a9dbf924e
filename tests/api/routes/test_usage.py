"""Users see how much of their quotas they use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.app.services.jobs.quotas import Quotas
from tests.api.conftest import tone
from tests.patience import wait_until


def test_usage_counts_ones_own_files_and_jobs(alice, bob):
    before = alice.get("/auth/usage").json()
    resets_at = datetime.fromisoformat(before.pop("separation_resets_at"))
    assert timedelta(0) < resets_at - datetime.now(UTC) <= timedelta(days=1)
    assert before == {
        "jobs": 0,
        "max_jobs": 20,
        "library_bytes": 0,
        "max_library_bytes": 5120 * 1024**2,
        "job_bytes": 0,
        "separation_s": 0.0,
        "max_separation_s": None,
    }
    crate = alice.send_tracks(("a.wav", tone())).json()
    form = {"tracks_upload_id": crate["id"]}
    job_id = alice.client.post("/jobs", json=form, headers=alice.headers).json()["id"]
    wait_until(lambda: alice.get(f"/jobs/{job_id}").json()["status"] == "succeeded")
    used = alice.get("/auth/usage").json()
    assert used["library_bytes"] > 1000
    artifacts = alice.get(f"/jobs/{job_id}").json()["artifacts"]
    assert used["job_bytes"] >= sum(one["size"] for one in artifacts) > 0
    assert before.items() <= bob.get("/auth/usage").json().items()


def test_songs_beyond_the_minutes_of_a_day_are_refused(alice, client):
    jobs = client.app.state.services.jobs
    object.__setattr__(jobs, "quotas", Quotas(20, separation_s_per_day=0.01))
    crate = alice.send_tracks(("a.wav", tone())).json()
    form = {"kind": "stems", "tracks_upload_id": crate["id"], "weights_notice_accepted": True}
    answer = alice.client.post("/jobs", json=form, headers=alice.headers)
    assert answer.status_code == 429, answer.text
    assert answer.json()["error"]["code"] == "separation_quota"
    assert 0 < int(answer.headers["retry-after"]) <= 86_401
    assert alice.get("/auth/usage").json()["separation_s"] == 0.0
