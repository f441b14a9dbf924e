"""Jobs over HTTP: asked for, watched, ended, retried, deleted; their files fetched."""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import anyio
import pytest

from backend.app.api import jobs as routes
from backend.app.errors import NotFound, StoreBusy
from backend.app.services import jobs as job_service
from backend.app.services.jobs import Jobs
from backend.app.store.accounts import User
from tests.jobs.pipelines import STEP_NAMES, Wool

from .conftest import Person, tone

PATIENCE_S = 30.0
ENDED = ("succeeded", "failed", "cancelled")
ARTIFACT = "pullover/front.bin"


def post(person: Person, path: str, **body):
    return person.client.post(path, json=body or None, headers=person.headers)


def submit(person: Person, wool: Wool | None = None):
    """Ask for a job of the test's kind, dressed as a mixtape."""
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
    """A job that has ended."""
    return wait(person, submit(person, wool).json()["id"], lambda job: job["status"] in ENDED)


def test_a_job_is_accepted_and_says_where_to_look(alice):
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
def test_a_request_that_makes_no_sense_says_where(alice, request_, status, said):
    answer = post(alice, "/jobs", **request_)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_a_job_succeeds_with_its_steps_and_artifact(alice):
    job = run(alice)
    assert (job["status"], job["progress"], job["error"]) == ("succeeded", 100.0, None)
    assert [(s["name"], s["state"]) for s in job["steps"]] == [
        (name, "succeeded") for name in STEP_NAMES
    ]
    assert all(step["seconds"] >= 0 for step in job["steps"])
    assert [a["name"] for a in job["artifacts"]] == [ARTIFACT]
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]


def test_progress_only_grows_and_the_end_is_in_sight(alice):
    job_id = submit(alice, Wool(seconds=1.0)).json()["id"]
    seen, etas = [], []
    while (job := alice.get(f"/jobs/{job_id}").json())["status"] not in ENDED:
        seen.append(job["progress"])
        etas.append(job["eta_s"])
        time.sleep(0.05)
    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    # Three seconds of work; the guess before anything is measured may be ten times off.
    assert all(eta is None or 0 <= eta < 30 for eta in etas)


def test_a_job_that_waits_knows_its_place_and_after_a_measured_one_its_time(alice):
    run(alice)
    busy = submit(alice, Wool(seconds=1.5)).json()["id"]
    wait(alice, busy, lambda job: job["status"] == "running")
    first, second = (submit(alice).json()["id"] for _ in range(2))
    waiting = [alice.get(f"/jobs/{job_id}").json() for job_id in (first, second)]
    assert [job["queue_position"] for job in waiting] == [1, 2]
    assert 0 <= waiting[0]["eta_s"] <= waiting[1]["eta_s"]
    listed = alice.get("/jobs").json()["jobs"]
    assert [job["id"] for job in listed[:3]] == [second, first, busy]


def test_a_failed_job_says_what_happened_and_what_to_do(alice):
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
    job_id = submit(alice, Wool(seconds=2)).json()["id"]
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


def test_a_finished_job_cannot_be_retried(alice):
    answer = post(alice, f"/jobs/{run(alice)['id']}/retry")
    assert answer.status_code == 409


def test_cancelling_an_ended_job_changes_nothing(alice):
    job = run(alice)
    assert post(alice, f"/jobs/{job['id']}/cancel").json()["status"] == "succeeded"


def test_too_many_jobs_are_told_to_wait(alice, bob, monkeypatch):
    monkeypatch.setattr(job_service, "QUOTA", 2)
    for _ in range(2):
        assert submit(alice, Wool(seconds=5)).status_code == 202
    answer = submit(alice)
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_jobs"
    assert submit(bob).status_code == 202


def test_events_tell_of_every_change_and_end_with_the_job(alice):
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


@pytest.mark.parametrize(
    ("answers", "told"), [((NotFound("gone"),), 1), ((StoreBusy("wait"), NotFound("gone")), 1)]
)
def test_events_end_with_a_deleted_job_and_outlast_a_busy_database(
    alice, monkeypatch, answers, told
):
    """A stream that has begun can carry no error."""
    monkeypatch.setattr(routes, "_EVENTS_EVERY_S", 0.001)
    job_id = submit(alice, Wool(seconds=60)).json()["id"]
    services = alice.client.app.state.services
    user = User(alice.get("/auth/me").json()["id"], "-", False, datetime.now(UTC))
    first, coming = services.jobs.show(user.id, job_id), iter(answers)

    def show(self, user_id, job_id):
        raise next(coming)

    monkeypatch.setattr(Jobs, "show", show)

    async def listen() -> int:
        stream = routes.job_events(first, user, services.jobs, services.executor)
        return len([event async for event in stream])

    assert anyio.run(listen) == told


def test_events_of_an_unknown_job_are_not_found(alice):
    assert alice.get("/jobs/nothing/events").status_code == 404


def test_an_artifact_comes_whole_or_in_ranges(alice):
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
def test_nothing_but_artifacts_is_given_away(alice, name):
    job = run(alice)
    assert alice.get(f"/jobs/{job['id']}/artifacts/{name}").status_code == 404


def test_a_link_needs_no_token(alice):
    job = run(alice)
    answer = post(alice, f"/jobs/{job['id']}/artifacts/{ARTIFACT}/link")
    url = answer.json()["url"]
    assert url.startswith("http://localhost:8000/files/")
    fetched = alice.client.get(url)
    assert fetched.status_code == 200
    assert len(fetched.content) == job["artifacts"][0]["size"]


def test_every_change_to_a_link_makes_it_worthless(alice):
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


def test_a_link_ends(alice, client):
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


def test_all_artifacts_come_as_one_zip_without_folders(alice):
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


def test_jobs_past_their_time_are_swept_with_their_files(alice, client, settings):
    job = run(alice)
    jobs: Jobs = client.app.state.services.jobs
    jobs.sweep()
    assert alice.get(f"/jobs/{job['id']}").status_code == 200  # 0 hours: kept for ever
    object.__setattr__(jobs, "retention_hours", 1e-6)
    jobs.sweep()
    assert alice.get(f"/jobs/{job['id']}").status_code == 404
    assert not (settings.storage_root / "jobs" / job["id"]).exists()
