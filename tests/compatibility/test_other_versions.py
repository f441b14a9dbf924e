"""Rows and files that this version cannot read are shown and deleted without errors."""

from __future__ import annotations

import json
import sqlite3

import pytest

from backend.app.contract.dj import DjRules
from backend.app.contract.stored_json import OtherVersion
from backend.app.services.kinds import INPUTS
from backend.app.wiring.jobs.executor import PIPELINES

from .test_rows import NEWER, known_fields, listed, open_job

OTHER = "other_version"


def with_unknown_field(value):
    return {**value, "field_of_another_version": 1}


def without_required_field(value):
    """A request or inputs without the fields that every version writes."""
    required = ("tracks_upload_id", "track_id", "job_id", "request", "kind")
    return {name: one for name, one in value.items() if name not in required}


def with_wrong_type(value):
    return {name: {"as": "an object"} if name != "kind" else one for name, one in value.items()}


CHANGES = [with_unknown_field, without_required_field, with_wrong_type, lambda _: ["a", "list"]]


@pytest.fixture(params=CHANGES, ids=["unknown", "missing", "wrong type", "no object"])
def rewritten(request, storage):
    """Every request, and every job's inputs, as another version may have stored them."""
    with sqlite3.connect(storage.root / "segue.db") as database:
        rows = database.execute("SELECT request, inputs, id FROM jobs").fetchall()
        changed = [(*(_changed(one, request.param) for one in row[:2]), row[2]) for row in rows]
        database.executemany("UPDATE jobs SET request = ?, inputs = ? WHERE id = ?", changed)
    return storage


def _changed(stored, change):
    return json.dumps(change(json.loads(stored)))


def expect_other_version(answer):
    problem = answer.json()["error"]
    assert (answer.status_code, problem["code"]) == (409, OTHER)
    assert problem["message"]
    assert problem["hint"]


def test_jobs_of_another_version_are_listed_and_shown(rewritten, ann):
    jobs = listed(ann)
    assert {one: job["status"] for one, job in jobs.items()} == rewritten.column("status")
    for job_id, job in jobs.items():
        assert job["error"]["code"] == OTHER
        assert not job["error"]["retryable"]
        assert job["request"]["kind"] == job["kind"]
        assert ann.get(f"/jobs/{job_id}").json()["error"] == job["error"]


def test_jobs_of_another_version_are_not_retried(rewritten, ann):
    for status in ("failed", "cancelled"):
        expect_other_version(ann.post(f"/jobs/{rewritten.job('mixtape', status)}/retry"))
    assert rewritten.column("status")[rewritten.job("mixtape", "failed")] == "failed"


def test_jobs_and_uploads_of_another_version_are_deleted(rewritten, ann):
    jobs = listed(ann).values()
    for job in jobs:
        if job["status"] == "queued":
            assert ann.post(f"/jobs/{job['id']}/cancel").status_code == 200
    for job in jobs:
        assert ann.delete(f"/jobs/{job['id']}").status_code == 204
    with sqlite3.connect(rewritten.root / "segue.db") as database:
        uploads = [row[0] for row in database.execute("SELECT id FROM uploads")]
    assert len(uploads) == 3
    assert [ann.delete(f"/uploads/{one}").status_code for one in uploads] == [204, 204, 204]


def test_nothing_is_based_on_a_job_of_another_version(rewritten, ann):
    mix, stems = rewritten.job("mixtape"), rewritten.job("stems")
    asked = [
        {"kind": "preview", "job_id": mix, "transition": 0},
        {
            "kind": "stem_mix",
            "job_id": stems,
            "track_id": "t",
            "faders": [{"stem": "drums", "gain_db": 0.0}],
        },
    ]
    for request in asked:
        expect_other_version(ann.post("/jobs", json=request))
    expect_other_version(ann.post(f"/jobs/{mix}/words", json={}))


@pytest.mark.parametrize("kind", sorted(set(PIPELINES) - NEWER))
def test_inputs_of_another_version_fail_their_job(rewritten, kind):
    job_id = next(one for one, of in rewritten.column("kind").items() if of == kind)
    with pytest.raises(OtherVersion):
        open_job(rewritten, job_id)


def test_known_fields_of_a_request_are_shown(storage, ann):
    mix = storage.job("mixtape")
    before = storage.request(mix)
    storage.set(mix, request=json.dumps({**before, "mood": "blue", "bitrate_kbps": 7}))
    view = ann.get(f"/jobs/{mix}").json()
    assert view["error"]["code"] == OTHER
    assert known_fields(view["request"], before) == {**before, "bitrate_kbps": 320}


def test_upload_in_an_unreadable_request_stays_in_use(storage, ann):
    waiting = storage.job("mashup", "queued")
    request = with_unknown_field(storage.request(waiting))
    for job_id, status in storage.column("status").items():
        if status == "queued" and job_id != waiting:
            ann.post(f"/jobs/{job_id}/cancel")
    storage.set(waiting, request=json.dumps(request))
    crate = request["tracks_upload_id"]
    assert ann.delete(f"/uploads/{crate}").json()["error"]["code"] == "conflict"
    ann.post(f"/jobs/{waiting}/cancel")
    assert ann.delete(f"/uploads/{crate}").status_code == 204


def test_a_job_of_an_unknown_kind_is_listed_and_deleted(storage, ann):
    job_id = storage.job("mixtape", "cancelled")
    storage.set(job_id, kind="hologram", request='{"kind": "hologram", "depth": 3}')
    (job,) = [job for job in ann.get("/jobs").json()["jobs"] if job["id"] == job_id]
    assert (job["kind"], job["error"]["code"]) == ("hologram", OTHER)
    expect_other_version(ann.post(f"/jobs/{job_id}/retry"))
    assert ann.delete(f"/jobs/{job_id}").status_code == 204


@pytest.mark.parametrize("failure", ['{"text": "gone"}', '{"code": 3}', "[]", '"words"'])
def test_failure_of_another_version_has_a_general_message(storage, ann, failure):
    storage.set(storage.job("mixtape", "failed"), failure=failure)
    view = ann.get(f"/jobs/{storage.job('mixtape', 'failed')}").json()
    assert (view["status"], view["error"]["code"]) == ("failed", OTHER)


def test_house_rules_keep_valid_fields(storage, ann):
    with sqlite3.connect(storage.root / "segue.db") as database:
        rules = {"max_stretch_percent": 99.0, "loudness_lufs": -11.0, "mood": "blue"}
        database.execute("UPDATE dj_rules SET rules = ?", (json.dumps(rules),))
    view = ann.get("/admin/dj-rules").json()
    assert view["rules"] == DjRules(loudness_lufs=-11.0).model_dump()


def test_correction_keeps_valid_fields(storage, ann):
    with sqlite3.connect(storage.root / "segue.db") as database:
        fix = {"tempo_bpm": 126.0, "beats_per_bar": 19, "swing": 0.6}
        database.execute("UPDATE tracks SET grid_fix = ?", (json.dumps(fix),))
        (track_id,) = database.execute("SELECT id FROM tracks LIMIT 1").fetchone()
    assert ann.get(f"/tracks/{track_id}").status_code == 200
    user_id = ann.get("/auth/me").json()["id"]
    fixed = ann.app.state.services.files.library.track(user_id, track_id).grid_fix
    assert (fixed.tempo_bpm, fixed.beats_per_bar) == (126.0, None)


@pytest.mark.parametrize("name", ["timeline.json", "report.json", "words.json"])
def test_unreadable_file_stops_only_its_readers(storage, ann, name):
    mixes = {kind: storage.job(kind) for kind in ("mixtape", "mashup")}
    for job_id in mixes.values():
        (storage.root / "jobs" / job_id / name).write_text('{"field_of_another_version": 1}')
    needs_timeline = [
        ann.post("/jobs", json={"kind": "preview", "job_id": mixes["mixtape"], "transition": 0}),
        *(ann.post(f"/jobs/{job_id}/words", json={}) for job_id in mixes.values()),
    ]
    for answer in needs_timeline:
        if name == "timeline.json":
            expect_other_version(answer)
        else:
            assert answer.is_success
    for job_id in mixes.values():
        assert ann.get(f"/jobs/{job_id}").json()["error"] is None
        wanted = {"job_id": job_id, "again": True}
        assert ann.post("/youtube/preflight", json=wanted).status_code == 200
        assert ann.get(f"/jobs/{job_id}/artifacts/{name}").is_success


def test_every_kind_has_the_shape_of_its_inputs():
    assert set(INPUTS) == set(PIPELINES)
