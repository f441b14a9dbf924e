"""Resolving mashup requests: accepted, or rejected before a job is queued."""

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
from backend.app.services.library.library import Crate, Library
from backend.app.services.library.track_ref import track_ref
from backend.app.services.mashup.inputs import MashupInputs, mashup_title
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mashup.resolve import deduplicate_titles, resolve_mashup
from backend.app.services.separators import Separators
from backend.app.stems.draft.separator import Draft
from backend.app.store.files.blobs import ContentStore
from backend.app.store.library import Upload

from ..stored_tracks import LIBRARY_TRACK

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = replace(LIBRARY_TRACK, id="t2", content_hash="b" * 64, title="Two", artist="Bo")


class FakeLibrary:
    """A library with crates of two and six songs, and an empty one."""

    def upload(self, user_id: str, upload_id: str) -> Crate:
        songs = {
            "two": (LIBRARY_TRACK, OTHER),
            "six": tuple(replace(LIBRARY_TRACK, id=f"t{n}", title=f"S{n}") for n in range(6)),
            "empty": (),
        }
        if upload_id not in songs:
            raise NotFound("There is no such upload.")
        return Crate(Upload(upload_id, "tracks", NOW), songs[upload_id])


def resolve(crate: str = "two", **fields: object) -> MashupInputs:
    request = MashupRequest.model_validate(
        {"tracks_upload_id": crate, "vibe": "dark", "model": "draft", **fields}
    )
    separators = Separators("htdemucs", None, Path("nowhere"))
    return resolve_mashup(cast(Library, FakeLibrary()), separators, "u", request)


def test_job_title_names_songs_and_vibe() -> None:
    inputs = resolve()
    assert inputs.title == "One × Two (dark mashup)"
    assert inputs.model == "draft"
    assert inputs.duration_s == 120.0
    assert resolve(tracks=["t2"]).title == "Two (dark edit)"
    assert resolve(title="Night").title == "Night"


def job_of(inputs: MashupInputs) -> MashupJob:
    store, separators = ContentStore(Path("nowhere")), Separators("htdemucs", None, Path("nowhere"))
    return MashupJob(inputs, store, separators, Draft(), Path("ffmpeg"), workers=1)


def timeline_of(*track_ids: str) -> Timeline:
    clips = [Clip(one, "c", "T", "", start=0, length=9, role="stem") for one in track_ids]
    return Timeline(tuple(clips))


def test_mashups_are_named_without_the_links_in_their_songs() -> None:
    linked = track_ref(replace(OTHER, title="Two [www.pirate.example]"))
    assert mashup_title("", (linked,), "dark") == "Two (dark edit)"
    assert mashup_title("", (track_ref(replace(OTHER, title="www.x.com")),), "dark") == (
        "Untitled (dark edit)"
    )


def test_finished_mashup_is_named_after_the_songs_it_uses() -> None:
    job, named = job_of(resolve()), job_of(resolve(title="Night", artist="DJ"))
    both, one = timeline_of("t2", "t1", "t2"), timeline_of("t2")
    assert (job.title(both), job.artist(both)) == ("One × Two (dark mashup)", "Ada, Bo")
    assert (job.title(one), job.artist(one)) == ("Two (dark edit)", "Bo")
    assert (named.title(one), named.artist(one)) == ("Night", "DJ")


def test_equal_titles_are_numbered() -> None:
    one, two = resolve().tracks
    pops = [one.model_copy(update={"title": "Pop"}), two.model_copy(update={"title": "Pop"})]
    assert [track.title for track in deduplicate_titles([*pops, one])] == ["Pop", "Pop (2)", "One"]


@pytest.mark.parametrize("count", [0, 5])
def test_zero_or_five_tracks_are_rejected_with_the_limits(count: int) -> None:
    with pytest.raises(WrongTrackCount, match=f"1 to 4 tracks, not {count}") as refused:
        resolve("six", tracks=[f"t{n}" for n in range(count)])
    assert f"picked {count}" in refused.value.hint
    assert len(resolve("six", tracks=["t0", "t1", "t2", "t3"]).tracks) == 4


def test_too_large_empty_or_foreign_crates_are_rejected() -> None:
    with pytest.raises(InvalidRequest, match="not 6") as refused:
        resolve("six")
    assert "“tracks”" in refused.value.hint
    with pytest.raises(InvalidRequest, match="no tracks"):
        resolve("empty")
    with pytest.raises(NotFound):
        resolve("another user's")


def test_unknown_or_repeated_tracks_and_unknown_vocals_are_rejected() -> None:
    with pytest.raises(InvalidRequest, match="not in this crate"):
        resolve(tracks=["t1", "t9"])
    with pytest.raises(InvalidRequest, match="twice"):
        resolve(tracks=["t1", "t1"])
    with pytest.raises(InvalidRequest, match="not in this mashup"):
        resolve(tracks=["t1"], vocals_from="t2")
    assert resolve(vocals_from="t2").request.vocals_from == "t2"


def test_unknown_models_and_vibes_are_rejected() -> None:
    with pytest.raises(UnknownModel):
        resolve(model="no_such_model")
    with pytest.raises(ValidationError, match="vibe"):
        resolve(vibe="gloomy")
