from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.dj.timeline import Chapter, Clip, Timeline
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.publishing.chapters import (
    ListedChapter,
    broken_rules,
    chapters_in,
    listed_chapters,
)

HOUR_S = 3600.0


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
def test_times_are_written_as_people_and_youtube_read_them(second: int, stamp: str) -> None:
    assert ListedChapter(second, "x").stamp == stamp
    assert chapters_in(f"{stamp} x") == [ListedChapter(second, "x")]


def test_chapters_come_from_the_timeline_and_never_miss_a_beginning() -> None:
    clip = Clip("a", "x", "A", "", 0, 100 * SAMPLE_RATE)
    starts = (0, 30 * SAMPLE_RATE - 1, 60 * SAMPLE_RATE)
    timeline = Timeline((clip,), chapters=tuple(Chapter(s, "t") for s in starts))
    assert [chapter.second for chapter in listed_chapters(timeline)] == [0, 29, 60]


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
def test_a_line_that_begins_with_a_time_is_a_chapter(line: str) -> None:
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
def test_other_lines_are_none(line: str) -> None:
    assert chapters_in(line) == []


@given(st.lists(st.integers(0, 43_200)))
def test_what_is_listed_is_read_back(seconds: list[int]) -> None:
    chapters = listed(*seconds)
    text = "".join(f"{chapter.stamp} {chapter.title}\n" for chapter in chapters)
    assert chapters_in(f"Intro\n{text}\n#tag") == chapters


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert all(chapter.title for chapter in chapters_in(text))


def test_a_long_line_of_nearly_a_time_takes_no_time_to_read() -> None:
    assert chapters_in("-" * 20_000 + "1:0" * 20_000) == []


def test_a_proper_set_breaks_no_rule() -> None:
    assert broken_rules(listed(0, 240, 480), 720.0) == []


def test_too_few_chapters_are_said_to_be_too_few() -> None:
    (note,) = broken_rules(listed(0, 240), 480.0)
    assert "only from 3 on; the description lists 2" in note
    assert broken_rules(listed(0, 240), 480.0, min_chapters=2) == []


def test_a_list_that_does_not_begin_at_the_beginning_is_told() -> None:
    (note,) = broken_rules(listed(1, 240, 480), HOUR_S)
    assert "“0:01 Song 1”" in note


def test_times_that_go_back_are_told() -> None:
    (note,) = broken_rules(listed(0, 480, 240), HOUR_S)
    assert "do not ascend: “Song 3”" in note


@pytest.mark.parametrize(("last_s", "breaks"), [(489.0, True), (490.0, False)])
def test_a_chapter_of_less_than_ten_seconds_is_named(last_s: float, breaks: bool) -> None:
    notes = broken_rules(listed(0, 240, 480), last_s)
    assert bool(notes) is breaks
    assert all("“Song 3”" in note for note in notes)
    assert broken_rules(listed(0, 240, 480), last_s, min_chapter_s=9) == []


def test_of_many_short_chapters_three_are_named() -> None:
    (note,) = broken_rules(listed(0, 1, 2, 3, 4, 5), HOUR_S)
    assert note.endswith("“Song 1”, “Song 2”, “Song 3” and 2 more.")
