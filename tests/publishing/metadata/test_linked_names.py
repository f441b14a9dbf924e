"""Links, mentions and hashtags in the names of tracks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.contract.publishing import DescriptionOptions
from backend.app.publishing.metadata.chapters import ListedChapter
from backend.app.publishing.metadata.linked_names import (
    facts_without_links,
    linked_names,
    linked_names_note,
)
from backend.app.publishing.metadata.metadata_writer import MetadataWriter
from backend.app.publishing.metadata.name_links import has_link, without_links
from backend.app.publishing.metadata.template_context import MixFacts
from backend.app.settings import Settings
from backend.app.wiring.limits import youtube_limits

WRITER = MetadataWriter(None, youtube_limits(Settings(_env_file=None)))


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Track [www.pirate.example]", "Track"),
        ("Track (Downloaded from WWW.PIRATE.COM)", "Track"),
        ("Track - pirate.net", "Track"),
        ("Track_www.pirate.ru", "Track"),
        ("https://bit.ly/abc Track", "Track"),
        ("Track bit.ly/abc", "Track"),
        ("Track by @dj_pirate", "Track by"),
        ("Track ＠夜", "Track"),
        ("write me@pirate.example now", "write now"),
        ("Track #trance #viral", "Track"),
        ("Track ＃夜", "Track"),
        ("Symphony #5", "Symphony 5"),
        ("Night (#3)", "Night (3)"),
        ("#Selfie", "Selfie"),
        ("@home", "home"),
        ("www.pirate.example", ""),
        ("музыка.рф Песня", "Песня"),
    ],
)
def test_links_mentions_and_hashtags_are_left_out(name: str, left: str) -> None:
    assert has_link(name)
    assert without_links(name) == left
    assert not has_link(left)


@pytest.mark.parametrize(
    "name",
    [
        "Live @ Berghain",
        "will.i.am",
        "t.A.T.u.",
        "feat.Bo",
        "M.I.A.",
        "AC/DC",
        "P@ssion",
        "Mambo No.5",
        "Vol.2",
        "Prelude in C# major",
        "C#m",
        "F#",
        "Track (Original Mix) [Label]",
        "夜 #",
    ],
)
def test_other_names_stay(name: str) -> None:
    assert not has_link(name)
    assert without_links(name) == name


@given(st.text(alphabet="ab.#@/:[]()-_ 夜wcom", max_size=60))
def test_what_is_left_contains_none(name: str) -> None:
    assert not has_link(without_links(name))


@pytest.mark.parametrize("part", ["a.", "a-", "(", "@a", "#1", "www.", "a@", "://"])
def test_hostile_names_are_checked_quickly(part: str) -> None:
    start = time.process_time()
    without_links(part * (200 // len(part)))
    assert time.process_time() - start < 0.5  # 5 ms; with backtracking many seconds


def named(*pairs: tuple[str, str]) -> MixFacts:
    chapters = tuple(
        ListedChapter(60 * n, " – ".join(filter(None, pair)), *pair) for n, pair in enumerate(pairs)
    )
    artists = tuple(artist for artist, _ in pairs if artist)
    return MixFacts(intro="", chapters=chapters, credits=artists, hashtags=(), duration_s=600.0)


PIRATED = named(("Ada", "Track [www.pirate.example]"), ("@bo", "#Selfie"), ("", "Plain"))


def test_affected_names_are_listed() -> None:
    assert linked_names(PIRATED) == ("Ada – Track [www.pirate.example]", "@bo – #Selfie")
    assert linked_names(named(("Ada", "Track"))) == ()


def test_lines_of_the_tracklist_keep_the_rest() -> None:
    left = facts_without_links(PIRATED)
    assert [chapter.title for chapter in left.chapters] == ["Ada – Track", "bo – Selfie", "Plain"]
    assert left.credits == ("Ada", "bo")


def test_description_leaves_them_out_unless_asked_for() -> None:
    by_default = WRITER.write(PIRATED, DescriptionOptions())
    assert "pirate" not in by_default.description
    assert not {"@", "#"} & set(by_default.description)
    assert by_default.linked_names == list(linked_names(PIRATED))
    asked = WRITER.write(PIRATED, DescriptionOptions(links_in_names=True))
    assert "0:00 Ada – Track [www.pirate.example]\n1:00 @bo – #Selfie\n" in asked.description
    assert asked.linked_names == by_default.linked_names


def test_note_quotes_three_names_and_says_what_became_of_them() -> None:
    assert linked_names_note(["a #b"], kept=False) == (
        "Links, @ and # were left out of 1 name: “a #b”."
    )
    assert linked_names_note(["#a", "#b", "#c", "#d"], kept=True) == (
        "Links, @ or # are in 4 names: “#a”, “#b”, “#c” and 1 more."
    )


def test_name_that_is_only_a_link_leaves_a_line_for_its_chapter() -> None:
    written = WRITER.write(
        named(
            ("", "www.pirate.example"),
        ),
        DescriptionOptions(),
    )
    assert "\n0:00 …\n" in written.description
