from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from backend.app.contract.dj import DjRules, DjRulesView
from backend.app.contract.jobs import MixtapeRequest, TrackPick
from backend.app.errors import InvalidRequest, NotFound
from backend.app.services.library import Crate, Library, Picture
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob, duration_of
from backend.app.services.settling import settle
from backend.app.store.blobs import ContentStore
from backend.app.store.library import Image, Track, Upload

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SONG = Track(
    id="t1",
    upload_id="crate",
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
OTHER = replace(SONG, id="t2", content="b" * 64, title="Two", artist="Bo")


class Shelf:
    """A library with one crate, an empty one, and one picture; everything else is not found."""

    def upload(self, user_id: str, upload_id: str) -> Crate | Picture:
        if upload_id == "crate":
            return Crate(Upload("crate", "tracks", NOW), (SONG, OTHER))
        if upload_id == "empty":
            return Crate(Upload("empty", "tracks", NOW), ())
        if upload_id == "picture":
            return Picture(Upload("picture", "image", NOW), Image("picture", "p.png", 640, 480))
        raise NotFound("There is no such upload.")


LIBRARY = cast(Library, Shelf())


def settled(**wishes: object) -> MixtapeInputs:
    request = MixtapeRequest.model_validate({"tracks_upload_id": "crate", **wishes})
    return settle(LIBRARY, "u", request)


def test_without_picks_the_crate_is_mixed_as_it_was_uploaded() -> None:
    assert [track.title for track in settled().tracks] == ["One", "Two"]


def test_picks_give_the_order_and_the_names_to_print() -> None:
    picks = [
        TrackPick(track_id="t2", title=" New  name\u202e"),
        TrackPick(track_id="t1", artist=""),
    ]
    tracks = settled(tracks=picks).tracks
    assert [(track.title, track.artist) for track in tracks] == [("New name", "Bo"), ("One", "")]


def test_the_same_track_may_be_played_twice() -> None:
    picks = [TrackPick(track_id="t1"), TrackPick(track_id="t1")]
    assert duration_of(settled(tracks=picks)) == 120.0


def test_a_mix_without_a_title_is_named_after_its_artists() -> None:
    assert settled().title == "Mixtape: Ada, Bo"
    assert settled(title="Night Drive").title == "Night Drive"


def test_a_picture_is_settled_to_its_file() -> None:
    assert settled(bg_image_upload_id="picture").picture == "p.png"
    assert settled().picture is None


def test_the_house_rules_are_those_in_force_when_a_mix_is_asked_for() -> None:
    rules = DjRulesView(version=3, rules=DjRules(loudness_lufs=-10.0))
    for asked, kept in ((None, -10.0), (-16.0, -16.0)):
        request = MixtapeRequest(tracks_upload_id="crate", loudness_lufs=asked)
        inputs = settle(LIBRARY, "u", request, rules)
        assert inputs.rules_version == 3
        assert MixtapeJob(inputs, ContentStore(Path()), Path(), 1).loudness_lufs == kept


def test_a_job_of_before_there_were_house_rules_has_those_segue_comes_with() -> None:
    old = settled().model_dump(exclude={"rules", "rules_version", "earlier"})
    assert MixtapeInputs.model_validate(old).rules == DjRules()


@pytest.mark.parametrize(
    ("wishes", "error"),
    [
        ({"tracks_upload_id": "nobody's"}, NotFound),
        ({"tracks_upload_id": "picture"}, InvalidRequest),
        ({"tracks_upload_id": "empty"}, InvalidRequest),
        ({"tracks": [{"track_id": "t9"}]}, InvalidRequest),
        ({"bg_image_upload_id": "crate"}, InvalidRequest),
        ({"bg_image_upload_id": "nobody's"}, NotFound),
    ],
)
def test_what_does_not_fit_is_refused_when_it_is_asked_for(
    wishes: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        settled(**wishes)


def test_a_deleted_upload_is_named_before_work_begins(tmp_path: Path) -> None:
    job = MixtapeJob(settled(), ContentStore(tmp_path), Path("ffmpeg"), workers=1)
    with pytest.raises(NotFound, match="“One” is no longer there"):
        job.expect_files()
