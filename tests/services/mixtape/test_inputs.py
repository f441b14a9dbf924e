"""Resolving a mixtape request, and reading its stored inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.jobs import MixtapeRequest, TrackPick
from backend.app.contract.mixes import TimelineView
from backend.app.errors import InvalidRequest, NotFound
from backend.app.services.library.library import Crate, Library, Picture
from backend.app.services.library.track_ref import track_ref
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.resolve import mix_title, resolve_mixtape
from backend.app.store.files.blobs import ContentStore
from backend.app.store.library import Image, Track, Upload

VIEW = TimelineView(
    version=2,
    sample_rate=44_100,
    duration_s=1.0,
    duration_samples=44_100,
    clips=[],
    transitions=[],
    chapters=[],
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SONG = Track(
    id="t1",
    upload_id="crate",
    content_hash="a" * 64,
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
OTHER = replace(SONG, id="t2", content_hash="b" * 64, title="Two", artist="Bo")


class Shelf:
    """A library with one crate, an empty crate and a picture."""

    def upload(self, user_id: str, upload_id: str) -> Crate | Picture:
        if upload_id == "crate":
            return Crate(Upload("crate", "tracks", NOW), (SONG, OTHER))
        if upload_id == "empty":
            return Crate(Upload("empty", "tracks", NOW), ())
        if upload_id == "picture":
            return Picture(Upload("picture", "image", NOW), Image("picture", "p.png", 640, 480))
        raise NotFound("There is no such upload.")


LIBRARY = cast(Library, Shelf())


def resolved(**options: object) -> MixtapeInputs:
    request = MixtapeRequest.model_validate({"tracks_upload_id": "crate", **options})
    return resolve_mixtape(LIBRARY, "u", request)


def test_crate_is_mixed_in_upload_order_without_picks() -> None:
    assert [track.title for track in resolved().tracks] == ["One", "Two"]


def test_picks_set_order_and_names() -> None:
    picks = [
        TrackPick(track_id="t2", title=" New  name\u202e"),
        TrackPick(track_id="t1", artist=""),
    ]
    tracks = resolved(tracks=picks).tracks
    assert [(track.title, track.artist) for track in tracks] == [("New name", "Bo"), ("One", "")]


def test_track_can_be_picked_twice() -> None:
    picks = [TrackPick(track_id="t1"), TrackPick(track_id="t1")]
    assert resolved(tracks=picks).duration_s == 120.0


def test_title_defaults_to_the_artists() -> None:
    assert resolved().title == "Mixtape: Ada, Bo"
    assert resolved(title="Night Drive").title == "Night Drive"


@pytest.mark.parametrize(
    ("artists", "title"),
    [
        (("", ""), "Mixtape"),
        (("Ada", "Bo"), "Mixtape: Ada, Bo"),
        (("Ada", "Bo", "Ada", "ada"), "Mixtape: Ada, Bo"),
        (("Ada", "Bo", "Cleo"), "Mixtape: Ada, Bo, Cleo"),
        (("Ada", "Bo", "Cleo", "Ada", "Dan"), "Mixtape: Ada, Bo, Cleo and others"),
        # An unknown artist counts as another one.
        (("Ada", "", "Bo"), "Mixtape: Ada, Bo and others"),
        (("", "Ada"), "Mixtape: Ada and others"),
        (("Ada [www.pirate.example]", "@bo"), "Mixtape: Ada, bo"),
        (("x" * 150, "y" * 150), f"Mixtape: {'x' * 150}, {'y' * 39}"),
    ],
)
def test_default_title_skips_no_artist_silently(artists: tuple[str, ...], title: str) -> None:
    request = MixtapeRequest(tracks_upload_id="crate")
    tracks = [track_ref(replace(SONG, artist=artist)) for artist in artists]
    assert mix_title(request, tracks) == title


def test_equal_names_of_different_tracks_are_numbered() -> None:
    same = [TrackPick(track_id=one, title="House", artist="") for one in ("t1", "t2", "t1")]
    assert [track.title for track in resolved(tracks=same).tracks] == [
        "House",
        "House (2)",
        "House",
    ]


def test_picture_resolves_to_its_file() -> None:
    assert resolved(bg_image_upload_id="picture").picture == "p.png"
    assert resolved().picture is None


def test_inputs_keep_the_dj_rules_of_the_request() -> None:
    rules = DjRulesView(version=3, rules=DjRules(loudness_lufs=-10.0))
    for requested, effective in ((None, -10.0), (-16.0, -16.0)):
        request = MixtapeRequest(tracks_upload_id="crate", loudness_lufs=requested)
        inputs = resolve_mixtape(LIBRARY, "u", request, rules)
        assert inputs.rules_version == 3
        assert MixtapeJob(inputs, ContentStore(Path()), Path(), 1).loudness_lufs == effective


def test_inputs_stored_without_dj_rules_get_the_defaults() -> None:
    old = resolved().model_dump(exclude={"rules", "rules_version", "base"})
    assert MixtapeInputs.model_validate(old).rules == DjRules()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"tracks_upload_id": "missing"}, NotFound),
        ({"tracks_upload_id": "picture"}, InvalidRequest),
        ({"tracks_upload_id": "empty"}, InvalidRequest),
        ({"tracks": [{"track_id": "t9"}]}, InvalidRequest),
        ({"bg_image_upload_id": "crate"}, InvalidRequest),
        ({"bg_image_upload_id": "missing"}, NotFound),
    ],
)
def test_unknown_or_wrong_ids_are_rejected(
    options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        resolved(**options)


def test_deleted_track_is_named_before_the_job_starts(tmp_path: Path) -> None:
    job = MixtapeJob(resolved(), ContentStore(tmp_path), Path("ffmpeg"), workers=1)
    with pytest.raises(NotFound, match="“One” is no longer there"):
        job.require_files()


def test_base_stored_as_earlier_is_read() -> None:
    inputs = resolved().model_copy(update={"base": VIEW})
    old = inputs.model_dump(by_alias=True)
    assert old["earlier"] is not None
    assert MixtapeInputs.model_validate(old) == inputs
