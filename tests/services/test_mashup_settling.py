"""A mashup makes sense, or is refused at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from pydantic import ValidationError

from backend.app.contract.jobs import MashupRequest
from backend.app.dj.timeline import Clip, Timeline
from backend.app.errors import InvalidRequest, NotFound, UnknownModel, WrongTrackCount
from backend.app.services.library import Crate, Library
from backend.app.services.mashup_inputs import MashupInputs, MashupJob
from backend.app.services.mashup_settling import settle_mashup, told_apart
from backend.app.services.separators import Separators
from backend.app.stems.draft import Draft
from backend.app.store.blobs import ContentStore
from backend.app.store.library import Track, Upload

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SONG = Track(
    id="t1",
    upload_id="two",
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
    """A library with crates of two and of six songs, and an empty one."""

    def upload(self, user_id: str, upload_id: str) -> Crate:
        songs = {
            "two": (SONG, OTHER),
            "six": tuple(replace(SONG, id=f"t{n}", title=f"S{n}") for n in range(6)),
            "empty": (),
        }
        if upload_id not in songs:
            raise NotFound("There is no such upload.")
        return Crate(Upload(upload_id, "tracks", NOW), songs[upload_id])


def settled(crate: str = "two", **wishes: object) -> MashupInputs:
    request = MashupRequest.model_validate(
        {"tracks_upload_id": crate, "vibe": "dark", "model": "draft", **wishes}
    )
    separators = Separators("htdemucs", None, Path("nowhere"))
    return settle_mashup(cast(Library, Shelf()), separators, "u", request)


def test_a_mashup_is_named_after_its_songs_and_its_vibe() -> None:
    inputs = settled()
    assert inputs.title == "One × Two (dark mashup)"
    assert inputs.model == "draft"
    assert inputs.duration_s == 120.0
    assert settled(tracks=["t2"]).title == "Two (dark edit)"
    assert settled(title="Night").title == "Night"


def job_of(inputs: MashupInputs) -> MashupJob:
    store, separators = ContentStore(Path("nowhere")), Separators("htdemucs", None, Path("nowhere"))
    return MashupJob(inputs, store, separators, Draft(), Path("ffmpeg"), workers=1)


def heard(*track_ids: str) -> Timeline:
    clips = [Clip(one, "c", "T", "", start=0, length=9, role="stem") for one in track_ids]
    return Timeline(tuple(clips))


def test_a_finished_mashup_is_named_after_those_who_are_in_it() -> None:
    job, named = job_of(settled()), job_of(settled(title="Night", artist="DJ"))
    both, one = heard("t2", "t1", "t2"), heard("t2")
    assert (job.title(both), job.artist(both)) == ("One × Two (dark mashup)", "Ada, Bo")
    assert (job.title(one), job.artist(one)) == ("Two (dark edit)", "Bo")
    assert (named.title(one), named.artist(one)) == ("Night", "DJ")


def test_songs_of_one_title_are_told_apart() -> None:
    one, two = settled().tracks
    pops = [one.model_copy(update={"title": "Pop"}), two.model_copy(update={"title": "Pop"})]
    assert [track.title for track in told_apart([*pops, one])] == ["Pop", "Pop (2)", "One"]


@pytest.mark.parametrize("count", [0, 5])
def test_no_track_and_five_tracks_are_refused_with_how_many_may_be_picked(count: int) -> None:
    with pytest.raises(WrongTrackCount, match=f"1 to 4 tracks, not {count}") as refused:
        settled("six", tracks=[f"t{n}" for n in range(count)])
    assert f"picked {count}" in refused.value.hint
    assert len(settled("six", tracks=["t0", "t1", "t2", "t3"]).tracks) == 4


def test_a_crate_of_six_has_to_be_picked_from_and_an_empty_one_has_nothing() -> None:
    with pytest.raises(InvalidRequest, match="not 6") as refused:
        settled("six")
    assert "“tracks”" in refused.value.hint
    with pytest.raises(InvalidRequest, match="no tracks"):
        settled("empty")
    with pytest.raises(NotFound):
        settled("somebody else's")


def test_strange_and_doubled_tracks_and_strange_singers_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="not in this crate"):
        settled(tracks=["t1", "t9"])
    with pytest.raises(InvalidRequest, match="twice"):
        settled(tracks=["t1", "t1"])
    with pytest.raises(InvalidRequest, match="not in this mashup"):
        settled(tracks=["t1"], vocals_from="t2")
    assert settled(vocals_from="t2").request.vocals_from == "t2"


def test_a_model_that_there_is_not_and_a_vibe_that_there_is_not() -> None:
    with pytest.raises(UnknownModel):
        settled(model="no_such_model")
    with pytest.raises(ValidationError, match="vibe"):
        settled(vibe="gloomy")
