"""What was heard in a track, over HTTP, and what a person puts right of it."""

from __future__ import annotations

import io
import time

import pytest
import soundfile

from backend.app.services.hearing import hear
from tests.sounds import SR, clicks

from .conftest import Person

SECONDS = 16.0


@pytest.fixture
def track(alice: Person) -> dict[str, str]:
    out = io.BytesIO()
    soundfile.write(out, clicks(SECONDS, 0.5).T, SR, format="WAV", subtype="PCM_16")
    return alice.send_tracks(("beat.wav", out.getvalue())).json()["tracks"][0]


@pytest.fixture
def path(alice: Person, track: dict[str, str]) -> str:
    """Of the analysis of a track that somebody has listened to."""
    services = alice.client.app.state.services
    user_id = alice.get("/auth/me").json()["id"]
    hear(services.content, services.library.track(user_id, track["id"]).content)
    return f"/tracks/{track['id']}/analysis"


def fix(person: Person, path: str, **wishes: object):
    return person.client.patch(path, json=wishes, headers=person.headers)


def test_an_unheard_track_says_how_to_have_it_heard(alice, track):
    path = f"/tracks/{track['id']}/analysis"
    for answer in (alice.get(path), fix(alice, path, tempo="half")):
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "not_analysed"
        assert "“analysis”" in answer.json()["error"]["hint"]


def test_a_job_listens_to_a_crate_and_leaves_what_it_heard(alice, track):
    request = {"kind": "analysis", "tracks_upload_id": track["upload_id"]}
    job = alice.client.post("/jobs", json=request, headers=alice.headers).json()
    deadline = time.monotonic() + 30.0
    while (job := alice.get(f"/jobs/{job['id']}").json())["status"] in ("queued", "running"):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    assert (job["status"], job["error"]) == ("succeeded", None)
    made = alice.get(f"/jobs/{job['id']}/artifacts/analysis.json").json()
    heard = alice.get(f"/tracks/{track['id']}/analysis").json()
    assert made == {"tracks": [{"track_id": track["id"], "analysis": heard}]}


def test_a_fix_is_kept_replaces_the_last_one_and_can_be_taken_away(alice, path):
    heard = alice.get(path).json()
    assert heard["manual"] is None
    fixed = fix(alice, path, tempo_bpm=100.0, key="A minor").json()
    assert fixed["rhythm"]["tempo_bpm"] == 100.0
    assert fixed["harmony"] == {"key": "A minor", "confidence": 1.0}
    assert alice.get(path).json() == fixed
    again = fix(alice, path, key="C major").json()
    assert again["rhythm"] == heard["rhythm"]
    assert fix(alice, path).json() == heard
    assert alice.get(path).json() == heard


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"downbeat_s": SECONDS}, "no second 16.00"),
        ({"tempo_bpm": 5}, "tempo_bpm"),
        ({"key": "H dur"}, "key"),
        ({"tempo_bpm": 200, "tempo": "thrice"}, "tempo"),
        ({"tempo": "double", "beats": 3}, "beats"),
    ],
)
def test_a_fix_that_makes_no_sense_is_refused(alice, path, wishes, said):
    before = alice.get(path).json()
    answer = fix(alice, path, **wishes)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]
    assert alice.get(path).json() == before


def test_a_mixtape_takes_the_fix_as_it_stands_when_it_is_asked_for(alice, path, track):
    fix(alice, path, tempo_bpm=100.0)
    job = alice.client.post(
        "/jobs", json={"tracks_upload_id": track["upload_id"]}, headers=alice.headers
    ).json()
    fix(alice, path)
    store = alice.client.app.state.services.jobs.store
    inputs = store.inputs(alice.get("/auth/me").json()["id"], job["id"])
    assert '"tempo_bpm":100.0' in inputs
