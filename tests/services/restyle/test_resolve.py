"""Resolving restyle requests: accepted, or rejected before a job is queued."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from pydantic import ValidationError

from backend.app.contract.jobs import RestyleRequest
from backend.app.errors import InvalidRequest, NotFound, SoundTooShort, UnknownModel
from backend.app.services.library.library import Library
from backend.app.services.library.sounds import Sounds
from backend.app.services.restyle.inputs import RestyleInputs
from backend.app.services.restyle.resolve import resolve_restyle
from backend.app.services.separators import Separators
from backend.app.store.library import Track
from backend.app.store.sounds import Sound

from ..stored_tracks import LIBRARY_TRACK

BELL = Sound(
    id="bell",
    name="Bell",
    kind="style",
    content_hash="b" * 64,
    n_samples=44_100,
    tempo_bpm=None,
    beats=None,
    key=None,
    loudness_lufs=-18.0,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
GRAIN = replace(BELL, id="grain", name="Grain", n_samples=5_292)  # 120 ms to the sample
SOUNDS = {"bell": BELL, "grain": GRAIN, "short": replace(GRAIN, id="short", n_samples=5_291)}


class FakeLibrary:
    """A user's song and sounds."""

    def track(self, user_id: str, track_id: str) -> Track:
        if (user_id, track_id) != ("ada", "t1"):
            raise NotFound("There is no such track.")
        return LIBRARY_TRACK

    def find(self, user_id: str, sound_id: str) -> Sound:
        if user_id != "ada" or sound_id not in SOUNDS:
            raise NotFound("There is no such sound.")
        return SOUNDS[sound_id]


def resolve(config: dict[str, object], user: str = "ada", **fields: object) -> RestyleInputs:
    request = RestyleRequest.model_validate(
        {"track_id": "t1", "config": config, "model": "draft", **fields}
    )
    separators = Separators("htdemucs", None, Path("nowhere"))
    library = FakeLibrary()
    return resolve_restyle(cast(Library, library), separators, cast(Sounds, library), user, request)


def test_sounds_and_title_are_resolved() -> None:
    inputs = resolve({"drums": {"sound_id": "bell"}, "bass": {"volume": 0.5}})
    assert inputs.title == "One (restyled)"
    assert inputs.model == "draft"
    assert inputs.duration_s == 60.0
    assert {stem: sound.content_hash for stem, sound in inputs.sounds.items()} == {
        "drums": "b" * 64
    }
    assert resolve({}, title="Night").title == "Night"


def test_inaudible_stems_need_no_sound() -> None:
    off = {"enabled": False, "sound_id": "gone"}
    assert resolve({"drums": off, "bass": {"volume": 0.0, "sound_id": "short"}}).sounds == {}


def test_other_users_tracks_and_sounds_are_not_found() -> None:
    with pytest.raises(NotFound, match="sound"):
        resolve({"drums": {"sound_id": "gone"}})
    with pytest.raises(NotFound, match="track"):
        resolve({}, track_id="t2")
    with pytest.raises(NotFound):
        resolve({"drums": {"sound_id": "bell"}}, user="bob")


def test_sound_shorter_than_a_grain_is_rejected() -> None:
    assert resolve({"drums": {"sound_id": "grain"}}).sounds["drums"].n_samples == 5_292
    with pytest.raises(SoundTooShort, match="“Grain” lasts 120 ms") as refused:
        resolve({"drums": {"sound_id": "short"}})
    assert "shorter grains" in refused.value.hint
    shorter = {"grain_duration_ms": 100}
    assert resolve({"drums": {"sound_id": "short"}}, settings=shorter).sounds
    with pytest.raises(SoundTooShort):
        resolve({"drums": {"sound_id": "grain"}}, settings={"grain_duration_ms": 200})


def test_restyle_without_audible_stem_is_rejected() -> None:
    four = ("drums", "bass", "other", "vocals")
    with pytest.raises(InvalidRequest, match="Every stem is left out"):
        resolve({stem: {"enabled": False} for stem in four})
    with pytest.raises(InvalidRequest, match="Every stem is left out"):
        resolve({stem: {"volume": 0.0} for stem in four})
    assert resolve({stem: {"enabled": False} for stem in four[1:]})


def test_unknown_models_and_stems_are_rejected() -> None:
    with pytest.raises(UnknownModel):
        resolve({}, model="no_such_model")
    with pytest.raises(InvalidRequest, match="guitar"):
        resolve({"guitar": {"sound_id": "bell"}})
    with pytest.raises(ValidationError):
        resolve({"trombone": {}})


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ({"drums": {"volume": 2.1}}, {}),
        ({"drums": {"volume": -0.1}}, {}),
        ({}, {"grain_duration_ms": 29}),
        ({}, {"grain_duration_ms": 501}),
    ],
)
def test_volume_and_grain_length_have_bounds(config, settings) -> None:
    with pytest.raises(ValidationError):
        resolve(config, settings=settings)
