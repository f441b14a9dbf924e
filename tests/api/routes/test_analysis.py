"""Analyses and corrections over HTTP."""

from __future__ import annotations

import io
import json

import pytest
import soundfile

from backend.app.services.tracks.analyse import analyse_track
from tests.sounds import SR, clicks

from ..conftest import Person, tone
from .test_jobs import ENDED, wait

SECONDS = 16.0


@pytest.fixture
def track(alice: Person) -> dict[str, str]:
    out = io.BytesIO()
    soundfile.write(out, clicks(SECONDS, 0.5).T, SR, format="WAV", subtype="PCM_16")
    return alice.send_tracks(("beat.wav", out.getvalue())).json()["tracks"][0]


@pytest.fixture
def path(alice: Person, track: dict[str, str]) -> str:
    """Path of an analysed track's analysis."""
    services = alice.client.app.state.services
    user_id = alice.get("/auth/me").json()["id"]
    analyse_track(
        services.stores.content_store,
        services.files.library.track(user_id, track["id"]).content_hash,
    )
    return f"/tracks/{track['id']}/analysis"


def fix(person: Person, path: str, **wishes: object):
    return person.client.patch(path, json=wishes, headers=person.headers)


def test_unanalysed_track_says_how_to_analyse_it(alice, track):
    path = f"/tracks/{track['id']}/analysis"
    for answer in (alice.get(path), fix(alice, path, tempo="half")):
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "not_analysed"
        assert "“analysis”" in answer.json()["error"]["hint"]


def test_analysis_job_stores_results_for_the_crate(alice, track):
    request = {"kind": "analysis", "tracks_upload_id": track["upload_id"]}
    job = alice.client.post("/jobs", json=request, headers=alice.headers).json()
    job = wait(alice, job["id"], lambda job: job["status"] in ENDED)
    assert (job["status"], job["error"]) == ("succeeded", None)
    made = alice.get(f"/jobs/{job['id']}/artifacts/analysis.json").json()
    heard = alice.get(f"/tracks/{track['id']}/analysis").json()
    assert made == {"tracks": [{"track_id": track["id"], "analysis": heard}]}


def test_analyses_of_many_tracks_are_one_answer(alice, bob, path, track):
    """Unknown tracks, those of others, and those not analysed yet are left out."""
    fixed = fix(alice, path, key="A minor").json()
    new = alice.send_tracks(("a.wav", tone())).json()["tracks"][0]
    wanted = {"track_ids": [new["id"], track["id"], "nothing", track["id"]]}
    answer = alice.client.get("/analyses", params=wanted, headers=alice.headers)
    assert answer.json() == {"tracks": [{"track_id": track["id"], "analysis": fixed}]}
    assert bob.client.get("/analyses", params=wanted, headers=bob.headers).json() == {"tracks": []}


@pytest.mark.parametrize("count", [0, 61])
def test_number_of_analyses_in_one_answer_is_limited(alice, count):
    wanted = {"track_ids": [str(n) for n in range(count)]}
    answer = alice.client.get("/analyses", params=wanted, headers=alice.headers)
    assert answer.status_code == 422
    assert "track_ids" in answer.json()["error"]["message"]


def test_analysis_does_not_wait_for_another_users_mix(alice, bob, track):
    mix = json.dumps({"mischief": {"carding": "hang"}})
    crate = bob.send_tracks(("a.wav", tone())).json()["id"]
    request = {"tracks_upload_id": crate, "description": {"intro": mix}}
    mix = bob.client.post("/jobs", json=request, headers=bob.headers).json()
    wait(bob, mix["id"], lambda job: job["step"] == "carding")
    request = {"kind": "analysis", "tracks_upload_id": track["upload_id"]}
    job = alice.client.post("/jobs", json=request, headers=alice.headers).json()
    assert wait(alice, job["id"], lambda job: job["status"] in ENDED)["status"] == "succeeded"
    assert bob.get(f"/jobs/{mix['id']}").json()["step"] == "carding"


def test_correction_is_stored_replaced_and_removed(alice, path):
    heard = alice.get(path).json()
    assert heard["manual"] is None
    fixed = fix(alice, path, tempo_bpm=100.0, key="A minor").json()
    assert fixed["rhythm"]["tempo_bpm"] == 100.0
    assert (fixed["harmony"]["key"], fixed["harmony"]["confidence"]) == ("A minor", 1.0)
    assert fixed["harmony"]["sections"] == []
    assert alice.get(path).json() == fixed
    again = fix(alice, path, key="C major").json()
    assert again["rhythm"] == heard["rhythm"]
    assert fix(alice, path).json() == heard
    assert alice.get(path).json() == heard


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"downbeat_s": SECONDS}, "ends before second 16.00"),
        ({"tempo_bpm": 5}, "tempo_bpm"),
        ({"key": "H dur"}, "key"),
        ({"tempo_bpm": 200, "tempo": "thrice"}, "tempo"),
        ({"tempo": "double", "beats": 3}, "beats"),
    ],
)
def test_invalid_correction_is_rejected(alice, path, wishes, said):
    before = alice.get(path).json()
    answer = fix(alice, path, **wishes)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]
    assert alice.get(path).json() == before


def test_mixtape_uses_the_correction_at_its_request(alice, path, track):
    fix(alice, path, tempo_bpm=100.0)
    job = alice.client.post(
        "/jobs", json={"tracks_upload_id": track["upload_id"]}, headers=alice.headers
    ).json()
    fix(alice, path)
    store = alice.client.app.state.services.jobs.store
    inputs = store.inputs(alice.get("/auth/me").json()["id"], job["id"])
    assert '"tempo_bpm":100.0' in inputs
