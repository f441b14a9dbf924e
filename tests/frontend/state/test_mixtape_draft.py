"""Drafts of a mixtape become requests."""

from __future__ import annotations

from backend.app.contract.jobs import TrackPick
from frontend.state.mixtape_draft import (
    MAX_HASHTAGS,
    Arrangement,
    Names,
    hashtags,
    locks,
    picks,
)
from tests.frontend.scripted_api import track

TRACKS = [track("a", "First"), track("b", "Second"), track("c", "Third")]


def order(arrangement: Arrangement | None) -> list[str]:
    return [pick.track_id for pick in picks(TRACKS, arrangement)]


def test_tracks_keep_their_order_without_arrangement() -> None:
    assert order(None) == ["a", "b", "c"]


def test_new_track_comes_last() -> None:
    assert order(Arrangement(crate_id="x", order=["c", "a"])) == ["c", "a", "b"]


def test_removed_track_stays_out() -> None:
    assert order(Arrangement(crate_id="x", order=["c", "a"], removed=["b"])) == ["c", "a"]


def test_deleted_tracks_in_arrangement_are_ignored() -> None:
    assert order(Arrangement(crate_id="x", order=["gone", "b"])) == ["b", "a", "c"]


def test_emptied_name_falls_back_to_the_tags() -> None:
    named = Arrangement(crate_id="x", names={"a": Names(title="Mine", artist="")})
    first = picks(TRACKS, named)[0]
    assert (first.title, first.artist) == ("Mine", None)


def test_hashtags_are_split_and_deduplicated() -> None:
    assert hashtags("#house #late, house;deep #夜") == ["house", "late", "house;deep", "夜"]
    assert hashtags(" # , ") == []
    assert len(hashtags(" ".join(f"#t{n}" for n in range(40)))) == MAX_HASHTAGS


def test_pinned_tracks_keep_their_places_and_the_last_stays_last() -> None:
    tracks = [TrackPick(track_id=one) for one in "abc"]
    found = [(lock.track_id, lock.place) for lock in locks(tracks, ["c", "a"])]
    assert found == [("a", 1), ("c", -1)]
    assert [lock.place for lock in locks(tracks, ["b"])] == [2]
