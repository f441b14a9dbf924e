"""Artists of a mix, and those whom its tracklist does not name."""

from __future__ import annotations

import pytest

from backend.app.publishing.metadata.chapters import ListedChapter
from backend.app.publishing.metadata.credits import artists_in, credited_artists, unlisted


@pytest.mark.parametrize(
    ("name", "artists"),
    [
        ("Ada feat. Bo", ["Ada", "Bo"]),
        ("Ada ft Bo", ["Ada", "Bo"]),
        ("Ada (Feat. Bo & Cleo)", ["Ada", "Bo & Cleo"]),
        ("Ada [featuring Bo]", ["Ada", "Bo"]),
        ("Simon & Garfunkel", ["Simon & Garfunkel"]),
        ("Bo x Cleo", ["Bo x Cleo"]),
        ("Little Feat", ["Little Feat"]),
        ("Little Feat & Friends", ["Little Feat & Friends"]),
        ("Ft. Worth Trio", ["Ft. Worth Trio"]),
        ("Daft Duo", ["Daft Duo"]),
    ],
)
def test_only_guests_are_split(name: str, artists: list[str]) -> None:
    assert artists_in(name) == artists


def test_each_artist_is_credited_once_in_the_order_of_the_mix() -> None:
    assert credited_artists(["Ada", "Bo feat. ADA", "Cleo", "Ada"]) == ("Ada", "Bo", "Cleo")


def test_artists_in_the_tracklist_are_not_repeated() -> None:
    lines = [ListedChapter(0, "Ada feat. Bo – Rain", "Ada feat. Bo", "Rain"), ListedChapter(9, "X")]
    assert unlisted(["Ada", "Bo", "Cleo"], lines) == ("Cleo",)
    parts = [ListedChapter(0, "Intro", "", "Intro")]
    assert unlisted(["Ada", "Bo"], parts) == ("Ada", "Bo")
    assert unlisted(["Ra", "ADA", "!!!"], lines) == ("Ra", "!!!")
