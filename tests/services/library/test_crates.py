"""Tracks picked from a crate."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.app.contract.jobs import TrackPick
from backend.app.errors import InvalidRequest
from backend.app.services.library.crates import distinct_names, picked_tracks
from backend.app.services.library.library import Crate
from backend.app.services.library.track_ref import TrackRef
from backend.app.store.library import Track, Upload

TRACKS = tuple(
    Track(name, "crate", name * 64, name.upper(), "Ann", "", 44_100, 16, 0.0, False, "mp3", ())
    for name in "abc"
)
CRATE = Crate(Upload("crate", "tracks", datetime(2026, 5, 1, tzinfo=UTC)), TRACKS)


def test_all_tracks_are_taken_unless_some_are_picked() -> None:
    assert [one.track_id for one in picked_tracks(CRATE, None)] == ["a", "b", "c"]
    picks = [TrackPick(track_id="c"), TrackPick(track_id="a")]
    assert [one.track_id for one in picked_tracks(CRATE, picks)] == ["c", "a"]


@pytest.mark.parametrize(
    ("title", "artist", "named"),
    [
        (None, None, ("A", "Ann")),
        ("", "", ("A", "")),  # a track needs a title, but no artist
        ("Sun", "Bob", ("Sun", "Bob")),
    ],
)
def test_requested_names_replace_the_tags(
    title: str | None, artist: str | None, named: tuple[str, str]
) -> None:
    [track] = picked_tracks(CRATE, [TrackPick(track_id="a", title=title, artist=artist)])
    assert (track.title, track.artist) == named


def test_pick_from_another_crate_is_rejected() -> None:
    with pytest.raises(InvalidRequest):
        picked_tracks(CRATE, [TrackPick(track_id="a"), TrackPick(track_id="x")])


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        # Id, artist and title of each track.
        (["1||house", "2||house", "3||house"], ["house", "house (2)", "house (3)"]),
        (["1||house", "2||techno"], ["house", "techno"]),
        (["1|Ada|Intro", "2|Bo|Intro"], ["Intro", "Intro"]),  # different artists
        (["1|Ada|Intro", "2|ADA|INTRO"], ["Intro", "INTRO (2)"]),
        (["1|Ada|Intro", "1|Ada|Intro"], ["Intro", "Intro"]),  # the same track, played twice
        (["1|Ada|Intro", "1|Ada|Reprise"], ["Intro", "Reprise"]),
        (["1||x", "2||x", "3||x (2)"], ["x", "x (3)", "x (2)"]),
        (["1||x", "2||x (2)", "3||x"], ["x", "x (2)", "x (3)"]),  # as a second render sends them
    ],
)
def test_names_in_a_mix_are_distinct(names: list[str], shown: list[str]) -> None:
    fields = (name.split("|") for name in names)
    tracks = [
        TrackRef(track_id=one, content_hash="", artist=artist, title=title, n_samples=1)
        for one, artist, title in fields
    ]
    assert [track.title for track in distinct_names(tracks)] == shown


def test_a_numbered_title_stays_short_enough_for_a_request() -> None:
    long = TrackRef(track_id="1", content_hash="", title="x" * 200, n_samples=1)
    tracks = distinct_names([long, long.model_copy(update={"track_id": "2"})])
    assert [track.title for track in tracks] == ["x" * 200, "x" * 196 + " (2)"]
