"""Genres of a mix, from the genre tags of its tracks."""

from __future__ import annotations

import pytest

from backend.app.publishing.metadata.genres import (
    MAX_HASHTAGS,
    genre_hashtags,
    hashtag_of,
    in_small_letters,
    main_genres,
)


@pytest.mark.parametrize(
    ("tags", "genres"),
    [
        (["House"] * 3, ("House",)),
        (["Deep House"] * 10 + ["House"] * 6 + ["Techno"] * 4, ("Deep House",)),
        # Nine of twenty are less than half, but the two commonest are more.
        (["Deep House"] * 9 + ["House"] * 7 + ["Techno"] * 4, ("Deep House", "House")),
        (["A"] * 4 + ["B"] * 3 + ["C"] * 3, ()),  # no second commonest
        (["A", "B", "C", "D", "E"], ()),
        (["House; Deep House"] * 3, ("House", "Deep House")),
        (["Electronic/House", "House", "Jazz"], ("House",)),
        (["Hip-Hop", "hip hop", "Hip-Hop", "Rock"], ("Hip-Hop",)),
        (["Drum & Bass", "Drum and Bass", "Drum n Bass"], ("Drum & Bass",)),
        (["Techno (Peak Time / Driving)", "Techno"], ("Techno",)),
        (["Techno", "Techno", "", ""], ("Techno",)),
        (["Techno", "", ""], ()),  # most tracks have none
        (["", ""], ()),
        ([], ()),
    ],
)
def test_half_of_the_tracks_decide(tags: list[str], genres: tuple[str, ...]) -> None:
    assert main_genres(tags) == genres


@pytest.mark.parametrize(
    "tag",
    [
        "Other",
        "unknown",
        "www.pirate.example",
        "house @pirate",
        "#house",
        "<b>",
        "2024",
        "A very long text that is no genre at all",
        "one two three four five",
        "Follow: me",
        "🎧",
    ],
)
def test_texts_that_are_no_genre_are_ignored(tag: str) -> None:
    assert main_genres([tag] * 3) == ()
    assert genre_hashtags([tag] * 3) == ()


def test_hashtags_name_genres_of_a_fifth_of_the_tracks() -> None:
    tags = ["Deep House"] * 12 + ["House"] * 5 + ["Tech House"] * 3
    assert genre_hashtags(tags) == ("deephouse", "house")
    assert genre_hashtags(["A; B; C; D; E; F; G"]) == ("a", "b", "c", "d", "e")
    assert MAX_HASHTAGS == 5
    assert genre_hashtags(["House", "", ""]) == ()


@pytest.mark.parametrize(
    ("genre", "tag"),
    [
        ("Deep House", "deephouse"),
        ("Drum & Bass", "drumandbass"),
        ("R&B", "rnb"),
        ("Hip-Hop", "hiphop"),
        ("हिन्दी", "हिन्दी"),
        ("J-Pop", "jpop"),
    ],
)
def test_hashtags_are_spelt_as_people_write_them(genre: str, tag: str) -> None:
    assert hashtag_of(genre) == tag


@pytest.mark.parametrize(
    ("genre", "small"),
    [
        ("Deep House", "deep house"),
        ("UK Garage", "UK garage"),
        ("Hip-Hop", "hip-hop"),
        ("DnB", "DnB"),
        ("TECH HOUSE", "tech house"),
        ("IDM", "IDM"),
        ("R&B", "R&B"),
    ],
)
def test_abbreviations_keep_their_capitals(genre: str, small: str) -> None:
    assert in_small_letters(genre) == small
