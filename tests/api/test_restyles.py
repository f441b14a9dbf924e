"""Restyles over HTTP: every request that makes no sense is refused, and nothing is queued."""

from __future__ import annotations

import pytest

from .conftest import Person, tone


@pytest.fixture
def track_id(alice: Person) -> str:
    return alice.send_tracks(("one.wav", tone())).json()["tracks"][0]["id"]


@pytest.fixture
def sound_id(alice: Person) -> str:
    return send_sound(alice, seconds=0.2)


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
def test_a_restyle_that_cannot_be_is_refused_at_once(
    alice: Person, track_id: str, sound_id: str, config, wishes, code: str, said: str
) -> None:
    named = {
        stem: {**style, "sound_id": sound_id} if "sound_id" in style else style
        for stem, style in config.items()
    }
    told = refused(start(alice, track_id, named, **wishes))
    assert told[:2] == (422, code)
    assert said in told[2]
    assert alice.get("/jobs").json()["jobs"] == []


def test_weights_are_fetched_only_once_their_notice_has_been_read(
    alice: Person, track_id: str
) -> None:
    assert refused(start(alice, track_id, {}, model="htdemucs"))[:2] == (409, "weights_notice")
    assert alice.get("/jobs").json()["jobs"] == []


def test_another_persons_song_and_another_persons_sound_are_not_there(
    alice: Person, bob: Person, track_id: str, sound_id: str
) -> None:
    assert refused(start(bob, track_id, {}))[:2] == (404, "not_found")
    own = bob.send_tracks(("two.wav", tone())).json()["tracks"][0]["id"]
    foreign = refused(start(bob, own, {"drums": {"sound_id": sound_id}}))
    assert foreign == (404, "not_found", "There is no such sound.")
    unheard = {"drums": {"sound_id": "0" * 32, "enabled": False}}
    assert start(alice, track_id, unheard).status_code == 202


def test_a_restyle_is_listed_under_its_title(alice: Person, track_id: str, sound_id: str) -> None:
    answer = start(alice, track_id, {"drums": {"sound_id": sound_id}}, title="Night")
    assert answer.status_code == 202
    [job] = alice.get("/jobs").json()["jobs"]
    assert (job["kind"], job["title"]) == ("restyle", "Night")
