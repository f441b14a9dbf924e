"""Jobs over HTTP: create, watch, cancel, retry, delete, download."""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.app.api.live import job_streams
from backend.app.services.jobs.expiry import JobExpiry, Retention
from backend.app.services.jobs.quotas import Quotas
from tests.jobs.pipelines import STEP_NAMES, Wool, let_go_on
from tests.patience import PATIENCE_S, wait_until

from ..conftest import PASSWORD, Person, tone

ENDED = ("succeeded", "failed", "cancelled")
ARTIFACT = "pullover/front.bin"


def post(person: Person, path: str, **body):
    return person.client.post(path, json=body or None, headers=person.headers)


def submit(person: Person, wool: Wool | None = None):
    """Request a test job, sent as a mixtape."""
    crate = person.send_tracks(("a.wav", tone())).json()
    intro = (wool or Wool()).to_json()
    return post(
        person, "/jobs", tracks_upload_id=crate["id"], title="Knits", description={"intro": intro}
    )


def wait(person: Person, job_id: str, until: Callable[[dict], bool]) -> dict:
    deadline = time.monotonic() + PATIENCE_S
    while not until(job := person.get(f"/jobs/{job_id}").json()):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return job


def run(person: Person, wool: Wool | None = None) -> dict:
    """Run a job to its end."""
    return wait(person, submit(person, wool).json()["id"], lambda job: job["status"] in ENDED)


def test_accepted_job_returns_its_location(alice):
    answer = submit(alice)
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/jobs/{job['id']}"
    assert (job["kind"], job["title"]) == ("mixtape", "Knits")
    assert job["request"]["title"] == "Knits"


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        ({"kind": "mashed"}, 422, "'mixtape', 'analysis', 'preview'"),
        ({"kind": "preview", "job_id": "x"}, 422, "body.preview.transition"),
        ({"kind": "preview", "job_id": "x", "transition": 0}, 404, "no such mixtape"),
        ({"kind": "analysis", "tracks_upload_id": "x"}, 404, "no such upload"),
    ],
)
def test_invalid_request_names_the_field(alice, request_, status, said):
    answer = post(alice, "/jobs", **request_)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_job_succeeds_with_steps_and_artifact(alice):
    job = run(alice)
    assert (job["status"], job["progress"], job["error"]) == ("succeeded", 100.0, None)
    assert [(s["name"], s["state"]) for s in job["steps"]] == [
        (name, "succeeded") for name in STEP_NAMES
    ]
    assert all(step["seconds"] >= 0 for step in job["steps"])
    assert [a["name"] for a in job["artifacts"]] == [ARTIFACT]
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]


def test_progress_grows_and_the_remaining_time_is_estimated(alice, settings):
    job_id = submit(alice, Wool(mischief=dict.fromkeys(STEP_NAMES, "wait"))).json()["id"]
    seen, etas = [], []
    for step in STEP_NAMES:
        job = wait(alice, job_id, lambda job, step=step: job["step"] == step)
        seen.append(job["progress"])
        etas.append(job["eta_s"])
        let_go_on(settings.storage_root / "jobs" / job_id)
    assert wait(alice, job_id, lambda job: job["status"] in ENDED)["progress"] == 100.0
    assert seen == sorted(set(seen))
    assert all(eta is None or eta >= 0 for eta in etas)


def test_queued_job_shows_its_position_and_estimated_wait(alice):
    run(alice)
    busy = submit(alice, Wool(mischief={"carding": "wait"})).json()["id"]
    wait(alice, busy, lambda job: job["status"] == "running")
    first, second = (submit(alice).json()["id"] for _ in range(2))
    # One answer contains both, so that they are estimated at the same moment.
    listed = alice.get("/jobs").json()["jobs"][:3]
    assert [job["id"] for job in listed] == [second, first, busy]
    assert [job["queue_position"] for job in listed[:2]] == [2, 1]
    assert 0 <= listed[1]["eta_s"] <= listed[0]["eta_s"]


def test_failed_job_has_message_and_hint(alice):
    job = run(alice, Wool(mischief={"spinning": "refuse"}))
    assert job["status"] == "failed"
    assert job["step"] == "spinning"
    assert job["error"] == {
        "code": "not_wool",
        "message": "This wool is cotton.",
        "hint": "Bring wool.",
        "retryable": False,
    }


def test_cancel_then_retry_then_delete(alice, settings):
    job_id = submit(alice, Wool(mischief={"spinning": "wait"})).json()["id"]
    wait(alice, job_id, lambda job: job["step"] == "spinning")
    assert alice.client.delete(f"/jobs/{job_id}", headers=alice.headers).status_code == 409
    post(alice, f"/jobs/{job_id}/cancel")
    wait(alice, job_id, lambda job: job["status"] == "cancelled")
    assert post(alice, f"/jobs/{job_id}/retry").status_code == 200
    wait(alice, job_id, lambda job: job["step"] == "spinning")
    post(alice, f"/jobs/{job_id}/cancel")
    wait(alice, job_id, lambda job: job["status"] == "cancelled")
    workspace = settings.storage_root / "jobs" / job_id
    assert workspace.is_dir()
    assert alice.client.delete(f"/jobs/{job_id}", headers=alice.headers).status_code == 204
    assert not workspace.exists()
    assert alice.get(f"/jobs/{job_id}").status_code == 404


def test_finished_job_cannot_be_retried(alice):
    answer = post(alice, f"/jobs/{run(alice)['id']}/retry")
    assert answer.status_code == 409


def test_cancelling_a_finished_job_changes_nothing(alice):
    job = run(alice)
    assert post(alice, f"/jobs/{job['id']}/cancel").json()["status"] == "succeeded"


def test_too_many_jobs_are_rejected(alice, bob, client):
    object.__setattr__(client.app.state.services.jobs, "quotas", Quotas(2))
    for _ in range(2):
        assert submit(alice, Wool(mischief={"carding": "wait"})).status_code == 202
    answer = submit(alice)
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_jobs"
    assert submit(bob).status_code == 202


def test_events_report_every_change_until_the_end(alice):
    job_id = submit(alice, Wool(seconds=0.7)).json()["id"]
    with alice.client.stream("GET", f"/jobs/{job_id}/events", headers=alice.headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        text = "".join(stream.iter_text())
    events = [json.loads(data) for data in re.findall(r"event: job\ndata: (.*)\n", text) or []]
    if not events:
        events = [json.loads(data) for data in re.findall(r"^data: (.*)$", text, re.M)]
    assert len(events) > 2
    assert [event["progress"] for event in events] == sorted(e["progress"] for e in events)
    assert events[-1]["status"] == "succeeded"
    said = [event["detail"] for event in events]
    assert any(re.fullmatch(r"row \d+ of 20", detail or "") for detail in said)
    assert said[-1] is None
    assert events[-1] == alice.get(f"/jobs/{job_id}").json()


def test_eleventh_stream_of_a_user_is_refused(alice, monkeypatch):
    monkeypatch.setattr(job_streams, "STREAMS_PER_USER", 0)
    job_id = submit(alice).json()["id"]
    answer = alice.get(f"/jobs/{job_id}/events")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_streams")
    assert answer.json()["error"]["hint"]


def test_events_end_with_the_sign_in_while_the_job_runs(alice, monkeypatch):
    monkeypatch.setattr(job_streams, "_CHECK_SIGN_INS_EVERY_S", 0.0)
    form = {"username": "alice@example.org", "password": PASSWORD}
    phone = Person(alice.client, alice.client.post("/auth/token", data=form).json())
    job_id = submit(alice, Wool(seconds=2 * PATIENCE_S)).json()["id"]
    with ThreadPoolExecutor(1) as requests:
        events = requests.submit(phone.get, f"/jobs/{job_id}/events")
        wait_until(lambda: alice.client.app.state.job_streams._watches)
        alice.client.delete("/auth/sessions", headers=alice.headers)
        try:
            assert events.result(PATIENCE_S).status_code == 200
            assert alice.get(f"/jobs/{job_id}").json()["status"] not in ENDED
        finally:
            post(alice, f"/jobs/{job_id}/cancel")
    assert phone.get(f"/jobs/{job_id}/events").status_code == 401


def test_events_of_an_unknown_job_are_not_found(alice):
    assert alice.get("/jobs/nothing/events").status_code == 404


def test_artifact_is_served_whole_or_in_ranges(alice):
    job = run(alice)
    [artifact] = alice.get(f"/jobs/{job['id']}/artifacts").json()
    url = f"/jobs/{job['id']}/artifacts/{ARTIFACT}"
    whole = alice.get(url)
    assert hashlib.sha256(whole.content).hexdigest() == artifact["sha256"]
    assert whole.headers["etag"] == f'"{artifact["sha256"]}"'
    assert whole.headers["content-disposition"].startswith("attachment")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = alice.get(url, Range="bytes=10-19", **{"If-Range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    stale = alice.get(url, Range="bytes=10-19", **{"If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, whole.content)


@pytest.mark.parametrize(
    "name",
    ["spinning.bin", "steps.log", "../../segue.db", "..%2F..%2Fsegue.db", "%2Fetc%2Fhostname", ""],
)
def test_only_artifacts_are_served(alice, name):
    job = run(alice)
    assert alice.get(f"/jobs/{job['id']}/artifacts/{name}").status_code == 404


def test_signed_link_needs_no_token(alice):
    job = run(alice)
    answer = post(alice, f"/jobs/{job['id']}/artifacts/{ARTIFACT}/link")
    url = answer.json()["url"]
    assert url.startswith("http://localhost:8000/files/")
    fetched = alice.client.get(url)
    assert fetched.status_code == 200
    assert len(fetched.content) == job["artifacts"][0]["size"]


@pytest.mark.parametrize("name", [ARTIFACT, "artifacts.zip"])
def test_link_is_for_the_owner_only(alice, bob, name):
    job = run(alice)
    assert post(bob, f"/jobs/{job['id']}/artifacts/{name}/link").status_code == 404


def test_changed_link_is_rejected(alice):
    job = run(alice)
    url = post(alice, f"/jobs/{job['id']}/artifacts/{ARTIFACT}/link").json()["url"]
    signature = re.search(r"sig=([0-9a-f]+)", url)
    assert signature is not None
    forged = [
        url.replace("inline=0", "inline=1"),
        re.sub(r"expires=(\d)", r"expires=9\1", url),
        url.replace(job["id"], "0" * 32),
        url.replace("front.bin", "back.bin"),
        url.replace(signature[1], "0" * 64),
        url.replace(signature[1], ""),
        url.replace(signature[1], "é"),
        url.split("?")[0],
        re.sub(r"expires=\d+", "expires=x", url),
    ]
    for link in forged:
        assert alice.client.get(link).status_code in (404, 422), link


def test_link_expires(alice, client):
    job = run(alice)
    path = f"/jobs/{job['id']}/artifacts/{ARTIFACT}/link"
    links = client.app.state.services.links
    url, link = links.make(job["id"], ARTIFACT, inline=False)
    assert 0 < link.expires - time.time() <= 600
    assert 600 < _expires(post(alice, f"{path}?inline=true").json()["url"]) - time.time() <= 3600
    object.__setattr__(links, "clock", lambda: link.expires - 1)
    assert client.get(url).status_code == 200
    object.__setattr__(links, "clock", lambda: link.expires)
    assert client.get(url).status_code == 404


def _expires(url: str) -> int:
    found = re.search(r"expires=(\d+)", url)
    assert found is not None
    return int(found[1])


def test_all_artifacts_download_as_a_flat_zip(alice):
    job = run(alice)
    by_token = alice.get(f"/jobs/{job['id']}/artifacts.zip")
    link = post(alice, f"/jobs/{job['id']}/artifacts/artifacts.zip/link").json()["url"]
    by_link = alice.client.get(link)
    assert by_token.content == by_link.content
    with zipfile.ZipFile(io.BytesIO(by_token.content)) as archive:
        [entry] = archive.infolist()
        assert entry.filename == "pullover - front.bin"
        assert entry.compress_type == zipfile.ZIP_STORED
        sha256 = hashlib.sha256(archive.read(entry)).hexdigest()
    assert sha256 == job["artifacts"][0]["sha256"]


def test_expired_jobs_are_deleted_with_their_files(alice, client, settings):
    job = run(alice)
    expiry: JobExpiry = client.app.state.services.expiry
    expiry.sweep()
    # a retention of 0 hours keeps jobs forever
    assert alice.get(f"/jobs/{job['id']}").status_code == 200
    object.__setattr__(expiry, "retention", Retention(0.0, {"stems": 1e-6}))
    expiry.sweep()
    assert alice.get(f"/jobs/{job['id']}").status_code == 200
    object.__setattr__(expiry, "retention", Retention(1e-6, {"mixtape": 1.0}))
    expiry.sweep()
    assert alice.get(f"/jobs/{job['id']}").status_code == 200
    object.__setattr__(expiry, "retention", Retention(0.0, {"mixtape": 1e-6}))
    expiry.sweep()
    assert alice.get(f"/jobs/{job['id']}").status_code == 404
    assert not (settings.storage_root / "jobs" / job["id"]).exists()
