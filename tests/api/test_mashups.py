"""Mashups over HTTP: how songs go together, and every request that makes no sense."""

from __future__ import annotations

import io

import pytest
import soundfile

from backend.app.services.hearing import hear
from composer.compose import compose_song
from composer.song import SongSpec
from tests.sounds import SR

from .conftest import Person, tone


def song(seed: int, tempo_bpm: float, key: str) -> bytes:
    made = compose_song(SongSpec(tempo_bpm=tempo_bpm, key=key, seed=seed, bars=8))
    out = io.BytesIO()
    soundfile.write(out, made.samples.T, SR, format="WAV", subtype="PCM_16")
    return out.getvalue()


@pytest.fixture
def crate(alice: Person) -> dict[str, object]:
    files = [("one.wav", song(1, 124, "A minor")), ("two.wav", song(2, 122, "C major"))]
    return alice.send_tracks(*files).json()


def tones(person: Person, count: int) -> dict[str, object]:
    return person.send_tracks(*((f"{n}.wav", tone(300.0 + n)) for n in range(count))).json()


def listen(person: Person, crate) -> None:
    services = person.client.app.state.services
    user_id = person.get("/auth/me").json()["id"]
    for track in crate["tracks"]:
        hear(services.content, services.library.track(user_id, track["id"]).content)


def fits(person: Person, crate, **query: object):
    asked = {"tracks_upload_id": crate["id"], "vibe": "dark", **query}
    return person.client.get("/mashups/fits", params=asked, headers=person.headers)


def start(person: Person, crate, **wishes: object):
    body = {"kind": "mashup", "tracks_upload_id": crate["id"], "vibe": "dark", "model": "draft"}
    return person.client.post("/jobs", json={**body, **wishes}, headers=person.headers)


def test_fits_are_told_once_the_tracks_have_been_heard(alice: Person, crate) -> None:
    unheard = fits(alice, crate)
    assert unheard.status_code == 409
    assert unheard.json()["error"]["code"] == "not_analysed"
    assert "“analysis”" in unheard.json()["error"]["hint"]
    listen(alice, crate)
    told = fits(alice, crate).json()
    ids = {track["id"] for track in crate["tracks"]}
    assert told["measured_on"] == "tracks"
    assert {(pair["vocals"], pair["instrumental"]) for pair in told["pairs"]} == {
        (one, other) for one in ids for other in ids if one != other
    }
    scores = [pair["score"] for pair in told["pairs"]]
    assert scores == sorted(scores, reverse=True)
    assert 0.0 < scores[0] <= 1.0
    assert [part["name"] for part in told["pairs"][0]["parts"]] == [
        "tempo",
        "key",
        "phrases",
        "room",
        "voice",
    ]


def test_fits_of_one_of_the_tracks_are_those_of_an_edit(alice: Person, crate) -> None:
    listen(alice, crate)
    first = crate["tracks"][0]["id"]
    [pair] = fits(alice, crate, tracks=[first]).json()["pairs"]
    assert (pair["vocals"], pair["instrumental"]) == (first, first)


def test_fits_go_by_what_a_person_has_put_right(alice: Person, crate) -> None:
    listen(alice, crate)
    before = fits(alice, crate).json()
    alice.client.patch(
        f"/tracks/{crate['tracks'][0]['id']}/analysis",
        json={"tempo_bpm": 170.0},
        headers=alice.headers,
    )
    assert fits(alice, crate).json() != before


def test_fits_of_strange_crates_vibes_and_counts_are_refused(alice: Person, bob: Person) -> None:
    mine = tones(alice, 5)
    assert fits(bob, mine).status_code == 404
    assert fits(alice, mine, vibe="gloomy").status_code == 422
    many = fits(alice, mine)
    assert many.status_code == 422
    assert "not 5" in many.json()["error"]["message"]


@pytest.mark.parametrize(
    ("wishes", "status", "code", "said"),
    [
        ({"tracks": []}, 422, "wrong_track_count", "1 to 4 tracks, not 0"),
        ({}, 422, "wrong_track_count", "1 to 4 tracks, not 5"),
        ({"tracks": ["0" * 32]}, 422, "invalid_request", "not in this crate"),
        ({"vibe": "gloomy"}, 422, "invalid_request", "vibe"),
        ({"vibe": None}, 422, "invalid_request", "vibe"),
        ({"loudness_lufs": 0.0}, 422, "invalid_request", "loudness_lufs"),
        ({"formats": []}, 422, "invalid_request", "formats"),
    ],
)
def test_a_mashup_that_cannot_be_is_refused_at_once(
    alice: Person, wishes, status, code, said
) -> None:
    answer = start(alice, tones(alice, 5), **wishes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert said in answer.json()["error"]["message"]
    assert alice.get("/jobs").json()["jobs"] == []


def test_a_singer_who_does_not_take_part_is_refused(alice: Person) -> None:
    crate = tones(alice, 3)
    ids = [track["id"] for track in crate["tracks"]]
    answer = start(alice, crate, tracks=ids[:2], vocals_from=ids[2])
    assert answer.status_code == 422
    assert "not in this mashup" in answer.json()["error"]["message"]


def test_models_are_known_and_their_notice_is_read_before_anything_is_queued(
    alice: Person,
) -> None:
    crate = tones(alice, 2)
    unknown = start(alice, crate, model="no_such_model")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "unknown_model")
    unread = start(alice, crate, model="htdemucs")
    assert (unread.status_code, unread.json()["error"]["code"]) == (409, "weights_notice")
    assert alice.get("/jobs").json()["jobs"] == []


def test_another_persons_crate_is_not_there(alice: Person, bob: Person) -> None:
    assert start(bob, tones(alice, 2)).status_code == 404
