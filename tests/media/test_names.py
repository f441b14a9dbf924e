from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.media.names import (
    TrackTags,
    named_after_file,
    safe_title,
    tags_from_filename,
    title_from_filename,
)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Plain title", "Plain title"),
        ("  two\t\nlines \r\n here ", "two lines here"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("nul\0bell\x07", "nulbell"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("private \ue000 and \ud800 half", "private and half"),
        ("夜に駆ける", "夜に駆ける"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_titles_are_cleaned_for_showing(given_name: str, shown: str) -> None:
    assert safe_title(given_name) == shown


def test_a_title_of_a_megabyte_is_cut() -> None:
    assert safe_title("la " * 350_000) == ("la " * 67)[:200].rstrip()


@given(st.text(max_size=600))
def test_no_text_makes_an_unfit_title(text: str) -> None:
    title = safe_title(text)
    assert len(title) <= 200
    assert title == " ".join(title.split())
    assert not any(unicodedata.category(c).startswith("C") for c in title)
    assert safe_title(title) == title


@pytest.mark.parametrize(
    ("name", "artist", "title"),
    [
        ("Artist - Title.mp3", "Artist", "Title"),
        ("01 - Artist - Title.flac", "Artist", "Title"),
        ("03. Title.m4a", "", "Title"),
        ("07_some_song.ogg", "", "some song"),
        ("A2 Side One.wav", "", "Side One"),
        ("1979.mp3", "", "1979"),
        ("Jay-Z - 99 Problems (Remix).mp3", "Jay-Z", "99 Problems (Remix)"),
        ("../../etc/passwd", "", "passwd"),
        ("C:\\music\\Song.mp3", "", "Song"),
        ("Björk \u2013 Jóga.opus", "Björk", "Jóga"),
        ("my %22best%22 song.mp3", "", 'my "best" song'),
        (".mp3", "", "Untitled"),
        ("", "", "Untitled"),
        ("Mr. Blue Sky", "", "Mr. Blue Sky"),
    ],
)
def test_file_names_suggest_artist_and_title(name: str, artist: str, title: str) -> None:
    assert tags_from_filename(name) == TrackTags(title=title, artist=artist)
    assert title_from_filename(name) == title


def test_tags_win_over_the_file_name() -> None:
    tags = TrackTags(title="T", artist="")
    assert named_after_file(tags, "A - B.mp3") == tags


def test_the_file_name_stands_in_for_a_missing_title() -> None:
    named = named_after_file(TrackTags(album="L"), "A - B.mp3")
    assert named == TrackTags(title="B", artist="A", album="L")
    assert named_after_file(TrackTags(artist="Known"), "A - B.mp3").artist == "Known"
