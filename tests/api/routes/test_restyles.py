"""Restyles over HTTP: invalid requests are rejected and queue nothing."""

from __future__ import annotations

import pytest

from ..conftest import Person, tone


@pytest.fixture
def track_id(alice: Person) -> str:
    return alice.send_tracks(("one.wav", tone())).json()["tracks"][0]["id"]


@pytest.fixture
def sound_id(alice: Person) -> str:
    return send_sound(alice, seconds=0.2)


@pytest.fixture(scope="module")
def rejected_ids(rejected: Person) -> tuple[str, str]:
    """The ids of a track and of a sound."""
    sent = rejected.send_tracks(("one.wav", tone()))
    return sent.json()["tracks"][0]["id"], send_sound(rejected, seconds=0.2)


def send_sound(person: Person, *, seconds: float) -> str:
    answer = person.client.post(
        "/sounds",
        files=[("files", ("bell.wav", tone(660.0, seconds=seconds)))],
        data={"kind": "style"},
        headers=person.headers,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["sounds"][0]["id"]


def start(person: Person, track_id: str, config: dict[str, object], /, **wishes: object):
    body = {"kind": "restyle", "track_id": track_id, "config": config, "model": "draft", **wishes}
    return person.client.post("/jobs", json=body, headers=person.headers)


def refused(answer) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


@pytest.mark.parametrize(
    ("config", "wishes", "code", "said"),
    [
        ({"trombone": {}}, {}, "invalid_request", "config"),
        ({"drums": {"volume": 2.5}}, {}, "invalid_request", "volume"),
        ({"drums": {"sound_id": "SOUND"}, "guitar": {}}, {}, "invalid_request", "guitar"),
        ({}, {"settings": {"grain_duration_ms": 10}}, "invalid_request", "grain_duration_ms"),
        ({}, {"format": "midi"}, "invalid_request", "format"),
        ({}, {"track_id": None}, "invalid_request", "track_id"),
        ({}, {"model": "no_such_model"}, "unknown_model", "no_such_model"),
        (
            {"drums": {"sound_id": "SOUND"}},
            {"settings": {"grain_duration_ms": 300}},
            "sound_too_short",
            "a grain 300 ms",
        ),
        (
            {stem: {"enabled": False} for stem in ("drums", "bass", "other", "vocals")},
            {},
            "invalid_request",
            "Every stem is left out",
        ),
    ],
)
def test_impossible_restyle_is_rejected_immediately(
    rejected: Person, rejected_ids, config, wishes, code: str, said: str
) -> None:
    track_id, sound_id = rejected_ids
    named = {
        stem: {**style, "sound_id": sound_id} if "sound_id" in style else style
        for stem, style in config.items()
    }
    told = refused(start(rejected, track_id, named, **wishes))
    assert told[:2] == (422, code)
    assert said in told[2]
    assert rejected.get("/jobs").json()["jobs"] == []


def test_weights_download_only_after_accepting_their_notice(rejected, rejected_ids) -> None:
    answer = start(rejected, rejected_ids[0], {}, model="htdemucs")
    assert refused(answer)[:2] == (409, "weights_notice")
    assert rejected.get("/jobs").json()["jobs"] == []


def test_another_users_song_or_sound_is_not_found(
    alice: Person, bob: Person, track_id: str, sound_id: str
) -> None:
    assert refused(start(bob, track_id, {}))[:2] == (404, "not_found")
    own = bob.send_tracks(("two.wav", tone())).json()["tracks"][0]["id"]
    foreign = refused(start(bob, own, {"drums": {"sound_id": sound_id}}))
    assert foreign == (404, "not_found", "There is no such sound.")
    unheard = {"drums": {"sound_id": "0" * 32, "enabled": False}}
    assert start(alice, track_id, unheard).status_code == 202


def test_restyle_is_listed_under_its_title(alice: Person, track_id: str, sound_id: str) -> None:
    answer = start(alice, track_id, {"drums": {"sound_id": sound_id}}, title="Night")
    assert answer.status_code == 202
    [job] = alice.get("/jobs").json()["jobs"]
    assert (job["kind"], job["title"]) == ("restyle", "Night")
