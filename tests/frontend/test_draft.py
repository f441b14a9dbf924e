"""A draft becomes the request that a person meant."""

from __future__ import annotations

from frontend.draft import MOST_HASHTAGS, Arrangement, Names, hashtags, picks
from tests.frontend.scripted_api import track

TRACKS = [track("a", "First"), track("b", "Second"), track("c", "Third")]


def order(arrangement: Arrangement | None) -> list[str]:
    return [pick.track_id for pick in picks(TRACKS, arrangement)]


def test_without_an_arrangement_tracks_stand_as_they_came() -> None:
    assert order(None) == ["a", "b", "c"]


def test_a_track_dropped_since_comes_last() -> None:
    assert order(Arrangement(crate_id="x", order=["c", "a"])) == ["c", "a", "b"]


def test_a_track_left_out_stays_out() -> None:
    assert order(Arrangement(crate_id="x", order=["c", "a"], removed=["b"])) == ["c", "a"]


def test_an_arrangement_of_tracks_that_are_gone_is_harmless() -> None:
    assert order(Arrangement(crate_id="x", order=["gone", "b"])) == ["b", "a", "c"]


def test_an_emptied_name_means_the_tags_name() -> None:
    named = Arrangement(crate_id="x", names={"a": Names(title="Mine", artist="")})
    first = picks(TRACKS, named)[0]
    assert (first.title, first.artist) == ("Mine", None)


def test_hashtags_are_words_without_sign_or_repeat() -> None:
    assert hashtags("#house #late, house;deep #夜") == ["house", "late", "house;deep", "夜"]
    assert hashtags(" # , ") == []
    assert len(hashtags(" ".join(f"#t{n}" for n in range(40)))) == MOST_HASHTAGS
