"""A restyle makes sense, or is refused at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from pydantic import ValidationError

from backend.app.contract.jobs import RestyleRequest
from backend.app.errors import InvalidRequest, NotFound, SoundTooShort, UnknownModel
from backend.app.services.library import Library
from backend.app.services.restyle_inputs import RestyleInputs
from backend.app.services.restyle_settling import settle_restyle
from backend.app.services.separators import Separators
from backend.app.services.sounds import Sounds
from backend.app.store.library import Track
from backend.app.store.sounds import Sound

SONG = Track(
    id="t1",
    upload_id="u1",
    content="a" * 64,
    title="One",
    artist="Ada",
    album="",
    n_samples=44_100 * 60,
    bits=16,
    recorded_gain_db=0.0,
    has_cover=False,
    source_format="mp3",
    warnings=(),
)
BELL = Sound(
    id="bell",
    name="Bell",
    kind="style",
    content="b" * 64,
    n_samples=44_100,
    tempo_bpm=None,
    beats=None,
    key=None,
    loudness_lufs=-18.0,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
GRAIN = replace(BELL, id="grain", name="Grain", n_samples=5_292)  # 120 ms to the sample
SOUNDS = {"bell": BELL, "grain": GRAIN, "short": replace(GRAIN, id="short", n_samples=5_291)}


class Shelf:
    """One person's song and sounds."""

    def track(self, user_id: str, track_id: str) -> Track:
        if (user_id, track_id) != ("ada", "t1"):
            raise NotFound("There is no such track.")
        return SONG

    def find(self, user_id: str, sound_id: str) -> Sound:
        if user_id != "ada" or sound_id not in SOUNDS:
            raise NotFound("There is no such sound.")
        return SOUNDS[sound_id]


def settled(config: dict[str, object], user: str = "ada", **wishes: object) -> RestyleInputs:
    request = RestyleRequest.model_validate(
        {"track_id": "t1", "config": config, "model": "draft", **wishes}
    )
    separators = Separators("htdemucs", None, Path("nowhere"))
    shelf = Shelf()
    return settle_restyle(cast(Library, shelf), separators, cast(Sounds, shelf), user, request)


def test_sounds_are_looked_up_and_a_restyle_is_named_after_its_song() -> None:
    inputs = settled({"drums": {"sound_id": "bell"}, "bass": {"volume": 0.5}})
    assert inputs.title == "One (restyled)"
    assert inputs.model == "draft"
    assert inputs.duration_s == 60.0
    assert {stem: sound.content for stem, sound in inputs.sounds.items()} == {"drums": "b" * 64}
    assert settled({}, title="Night").title == "Night"


def test_what_is_not_heard_needs_no_sound() -> None:
    off = {"enabled": False, "sound_id": "gone"}
    assert settled({"drums": off, "bass": {"volume": 0.0, "sound_id": "short"}}).sounds == {}


def test_strange_tracks_and_strange_sounds_are_not_there() -> None:
    with pytest.raises(NotFound, match="sound"):
        settled({"drums": {"sound_id": "gone"}})
    with pytest.raises(NotFound, match="track"):
        settled({}, track_id="t2")
    with pytest.raises(NotFound):
        settled({"drums": {"sound_id": "bell"}}, user="bob")


def test_a_sound_lasts_for_one_grain_at_least() -> None:
    assert settled({"drums": {"sound_id": "grain"}}).sounds["drums"].n_samples == 5_292
    with pytest.raises(SoundTooShort, match="“Grain” lasts 120 ms") as refused:
        settled({"drums": {"sound_id": "short"}})
    assert "shorter grains" in refused.value.hint
    shorter = {"grain_duration_ms": 100}
    assert settled({"drums": {"sound_id": "short"}}, settings=shorter).sounds
    with pytest.raises(SoundTooShort):
        settled({"drums": {"sound_id": "grain"}}, settings={"grain_duration_ms": 200})


def test_something_has_to_be_heard() -> None:
    four = ("drums", "bass", "other", "vocals")
    with pytest.raises(InvalidRequest, match="Every stem is left out"):
        settled({stem: {"enabled": False} for stem in four})
    with pytest.raises(InvalidRequest, match="Every stem is left out"):
        settled({stem: {"volume": 0.0} for stem in four})
    assert settled({stem: {"enabled": False} for stem in four[1:]})


def test_a_model_that_there_is_not_and_a_stem_that_it_cannot_tell() -> None:
    with pytest.raises(UnknownModel):
        settled({}, model="no_such_model")
    with pytest.raises(InvalidRequest, match="guitar"):
        settled({"guitar": {"sound_id": "bell"}})
    with pytest.raises(ValidationError):
        settled({"trombone": {}})


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ({"drums": {"volume": 2.1}}, {}),
        ({"drums": {"volume": -0.1}}, {}),
        ({}, {"grain_duration_ms": 29}),
        ({}, {"grain_duration_ms": 501}),
    ],
)
def test_volumes_and_grains_keep_within_their_bounds(config, settings) -> None:
    with pytest.raises(ValidationError):
        settled(config, settings=settings)
