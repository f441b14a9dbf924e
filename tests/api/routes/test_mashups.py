"""Mashups over HTTP: fits of songs, and rejected requests."""

from __future__ import annotations

import io
from functools import cache

import pytest
import soundfile

from backend.app.services.tracks.analyse import analyse_track
from composer.compose import compose_song
from composer.song import SongSpec
from tests.sounds import SR

from ..conftest import Person, register, tone


@cache
def song(seed: int, tempo_bpm: float, key: str) -> bytes:
    made = compose_song(SongSpec(tempo_bpm=tempo_bpm, key=key, seed=seed, bars=8))
    out = io.BytesIO()
    soundfile.write(out, made.samples.T, SR, format="WAV", subtype="PCM_16")
    return out.getvalue()


@pytest.fixture
def crate(alice: Person) -> dict[str, object]:
    files = [("one.wav", song(1, 124, "A minor")), ("two.wav", song(2, 122, "C major"))]
    return alice.send_tracks(*files).json()


@pytest.fixture(scope="module")
def five_tones(rejected: Person) -> dict[str, object]:
    """A crate with one track too many for a mashup."""
    return tones(rejected, 5)


def tones(person: Person, count: int) -> dict[str, object]:
    return person.send_tracks(*((f"{n}.wav", tone(300.0 + n)) for n in range(count))).json()


def listen(person: Person, crate) -> None:
    services = person.client.app.state.services
    user_id = person.get("/auth/me").json()["id"]
    for track in crate["tracks"]:
        analyse_track(
            services.stores.content_store,
            services.files.library.track(user_id, track["id"]).content_hash,
        )


def fits(person: Person, crate, **query: object):
    asked = {"tracks_upload_id": crate["id"], "vibe": "dark", **query}
    return person.client.get("/mashups/fits", params=asked, headers=person.headers)


def start(person: Person, crate, **wishes: object):
    body = {"kind": "mashup", "tracks_upload_id": crate["id"], "vibe": "dark", "model": "draft"}
    return person.client.post("/jobs", json={**body, **wishes}, headers=person.headers)


def test_fits_appear_after_the_analysis(alice: Person, crate) -> None:
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


def test_fits_of_one_track_are_an_edits(alice: Person, crate) -> None:
    listen(alice, crate)
    first = crate["tracks"][0]["id"]
    [pair] = fits(alice, crate, tracks=[first]).json()["pairs"]
    assert (pair["vocals"], pair["instrumental"]) == (first, first)


def test_fits_use_corrections(alice: Person, crate) -> None:
    listen(alice, crate)
    before = fits(alice, crate).json()
    alice.client.patch(
        f"/tracks/{crate['tracks'][0]['id']}/analysis",
        json={"tempo_bpm": 170.0},
        headers=alice.headers,
    )
    assert fits(alice, crate).json() != before


def test_unknown_crates_vibes_and_counts_are_rejected(rejected: Person, five_tones) -> None:
    other = register(rejected.client, "other@example.org")
    assert fits(other, five_tones).status_code == 404
    assert fits(rejected, five_tones, vibe="gloomy").status_code == 422
    many = fits(rejected, five_tones)
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
def test_impossible_mashup_is_rejected_immediately(
    rejected: Person, five_tones, wishes, status, code, said
) -> None:
    answer = start(rejected, five_tones, **wishes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert said in answer.json()["error"]["message"]
    assert rejected.get("/jobs").json()["jobs"] == []


def test_singer_outside_the_selection_is_rejected(rejected: Person, five_tones) -> None:
    ids = [track["id"] for track in five_tones["tracks"]]
    answer = start(rejected, five_tones, tracks=ids[:2], vocals_from=ids[2])
    assert answer.status_code == 422
    assert "not in this mashup" in answer.json()["error"]["message"]


def test_model_and_its_notice_are_checked_before_queuing(rejected: Person, five_tones) -> None:
    two = [track["id"] for track in five_tones["tracks"][:2]]
    unknown = start(rejected, five_tones, tracks=two, model="no_such_model")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "unknown_model")
    unread = start(rejected, five_tones, tracks=two, model="htdemucs")
    assert (unread.status_code, unread.json()["error"]["code"]) == (409, "weights_notice")
    assert rejected.get("/jobs").json()["jobs"] == []


def test_another_users_crate_is_not_found(alice: Person, bob: Person) -> None:
    assert start(bob, tones(alice, 2)).status_code == 404
