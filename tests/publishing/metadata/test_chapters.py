"""Parsing chapters, and YouTube's rules for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.dj.timeline import Chapter, Clip, Timeline
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.publishing.metadata.chapters import (
    ListedChapter,
    broken_rules,
    chapters_in,
    listed_chapters,
)
from backend.app.settings import Settings
from backend.app.wiring.limits import youtube_limits

HOUR_S = 3600.0
LIMITS = youtube_limits(Settings(_env_file=None))


def listed(*seconds: int) -> list[ListedChapter]:
    return [ListedChapter(second, f"Song {n}") for n, second in enumerate(seconds, 1)]


@pytest.mark.parametrize(
    ("second", "stamp"),
    [
        (0, "0:00"),
        (59, "0:59"),
        (605, "10:05"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (3661, "1:01:01"),
        (36_000, "10:00:00"),
    ],
)
def test_stamps_are_readable_by_people_and_youtube(second: int, stamp: str) -> None:
    assert ListedChapter(second, "x").stamp == stamp
    assert chapters_in(f"{stamp} x") == [ListedChapter(second, "x")]


def test_chapter_times_are_rounded_down() -> None:
    clip = Clip("a", "x", "A", "", 0, 100 * SAMPLE_RATE)
    starts = (0, 30 * SAMPLE_RATE - 1, 60 * SAMPLE_RATE)
    timeline = Timeline((clip,), chapters=tuple(Chapter(s, "t") for s in starts))
    assert [chapter.second for chapter in listed_chapters(timeline)] == [0, 29, 60]


def test_chapters_name_artist_and_track_if_each_is_one_track() -> None:
    one, two = (Clip(t, t, t.upper(), f"Artist {t}", 0, SAMPLE_RATE) for t in ("a", "b"))
    over = replace(one, role="overlay")
    chapters = (Chapter(0, "Artist a – A"), Chapter(30 * SAMPLE_RATE, "Artist b – B"))
    mix = listed_chapters(Timeline((one, over, two), chapters=chapters))
    assert [(c.artist, c.track) for c in mix] == [("Artist a", "A"), ("Artist b", "B")]
    [part] = listed_chapters(Timeline((one, two), chapters=(Chapter(0, "Drop"),)))
    assert (part.artist, part.track) == ("", "Drop")


@pytest.mark.parametrize(
    "line",
    [
        "1:05 A song",
        "01:05 A song",
        "0:01:05 A song",
        "- 1:05 A song",
        "[1:05] A song",
        "1:05 - A song",
        "• 1:05 – A song",
        "  1:05   A song  ",
        "(1:05) A song",
    ],
)
def test_line_that_starts_with_a_time_is_a_chapter(line: str) -> None:
    assert chapters_in(f"Hello.\n{line}\nBye.") == [ListedChapter(65, "A song")]


@pytest.mark.parametrize(
    "line",
    [
        "1:05",
        "1:05  ",
        "105 A song",
        "1:65 A song",
        "1:05:99 A song",
        "at 1:05 A song",
        "1:055 x",
        "12:34:56:78 x",
        "A song 1:05",
        "٣:٠٥ A song",
    ],
)
def test_other_lines_are_no_chapters(line: str) -> None:
    assert chapters_in(line) == []


@given(st.lists(st.integers(0, 43_200)))
def test_listed_chapters_parse_back(seconds: list[int]) -> None:
    chapters = listed(*seconds)
    text = "".join(f"{chapter.stamp} {chapter.title}\n" for chapter in chapters)
    assert chapters_in(f"Intro\n{text}\n#tag") == chapters


@given(st.text())
def test_any_text_can_be_parsed(text: str) -> None:
    assert all(chapter.title for chapter in chapters_in(text))


def test_long_almost_time_parses_fast() -> None:
    assert chapters_in("-" * 20_000 + "1:0" * 20_000) == []


def test_valid_chapters_break_no_rule() -> None:
    assert broken_rules(listed(0, 240, 480), 720.0, LIMITS) == []


def test_too_few_chapters_are_reported() -> None:
    (note,) = broken_rules(listed(0, 240), 480.0, LIMITS)
    assert "fewer than 3; the description lists 2" in note
    assert broken_rules(listed(0, 240), 480.0, replace(LIMITS, chapters=2)) == []


def test_first_chapter_after_zero_is_reported() -> None:
    (note,) = broken_rules(listed(1, 240, 480), HOUR_S, LIMITS)
    assert "“0:01 Song 1”" in note


def test_descending_times_are_reported() -> None:
    (note,) = broken_rules(listed(0, 480, 240), HOUR_S, LIMITS)
    assert "do not ascend: “Song 3”" in note


def test_two_chapters_at_one_time_are_too_short_not_descending() -> None:
    (note,) = broken_rules(listed(0, 240, 240), HOUR_S, LIMITS)
    assert "shorter than 10 s: “Song 2”" in note


@pytest.mark.parametrize(("last_s", "breaks"), [(489.0, True), (490.0, False)])
def test_short_chapter_is_named(last_s: float, breaks: bool) -> None:
    notes = broken_rules(listed(0, 240, 480), last_s, LIMITS)
    assert bool(notes) is breaks
    assert all("“Song 3”" in note for note in notes)
    assert broken_rules(listed(0, 240, 480), last_s, replace(LIMITS, chapter_s=9)) == []


def test_at_most_three_short_chapters_are_named() -> None:
    (note,) = broken_rules(listed(0, 1, 2, 3, 4, 5), HOUR_S, LIMITS)
    assert note.endswith("“Song 1”, “Song 2”, “Song 3” and 2 more.")
