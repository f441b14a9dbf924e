"""Figures and states as a person would say them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from frontend import words
from frontend.components.player import chapter_clips, thinned
from frontend.problems import escaped
from tests.frontend.scripted_api import TIMELINE, job


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0:00"), (65.9, "1:05"), (3599, "59:59"), (3600, "1:00:00"), (14_705, "4:05:05")],
)
def test_a_clock_writes_hours_only_where_there_are_any(seconds: float, said: str) -> None:
    assert words.clock(seconds) == said


@pytest.mark.parametrize(
    ("n_bytes", "said"),
    [(12, "1 kB"), (45_400, "45 kB"), (12_340_000, "12.3 MB"), (1_500_000_000, "1.50 GB")],
)
def test_a_size_is_said_in_its_unit(n_bytes: int, said: str) -> None:
    assert words.size(n_bytes) == said


@pytest.mark.parametrize(
    ("eta_s", "said"),
    [
        (3, "a few seconds left"),
        (44, "about 40 seconds left"),
        (300, "about 5 minutes left"),
        (7200, "about 2.0 hours left"),
    ],
)
def test_time_left_is_no_more_exact_than_it_is(eta_s: float, said: str) -> None:
    assert words.time_left(eta_s) == said


def test_each_standing_is_a_sentence() -> None:
    assert words.standing(job("queued", queue_position=3)) == "Waiting — number 3 in line"
    assert words.standing(job("running", step="filming")) == "Making the video"
    assert words.standing(job("running", step="a_new_step")) == "A new step"
    assert words.standing(job("failed")) == "Stopped by an error"


def test_a_moment_is_told_on_the_readers_clock() -> None:
    moment = datetime(2026, 11, 5, 23, 30, tzinfo=UTC)
    assert words.day_and_time(moment, "Europe/Madrid") == "6 Nov 2026, 00:30"
    assert words.day_and_time(moment, "Nowhere/Else") == "5 Nov 2026, 23:30"


def test_thinned_peaks_keep_the_loudest_of_those_they_stand_for() -> None:
    assert thinned([0.1, 0.9, 0.2, 0.3, 0.4], most=3) == [0.9, 0.3, 0.4]
    assert thinned([0.12345], most=3) == [0.123]
    assert thinned([], most=3) == []


def test_a_chapter_starts_where_its_track_becomes_the_one_to_be_heard() -> None:
    assert [clip["chapter_s"] for clip in chapter_clips(TIMELINE)] == [0.0, 56.0]
    without = TIMELINE.model_copy(update={"chapters": []})
    assert [clip["chapter_s"] for clip in chapter_clips(without)] == [0.0, 52.0]


def test_choices_of_one_name_are_counted_for_each_to_be_a_choice_of_its_own() -> None:
    names = {"a": "Intro", "b": "Intro (2)", "c": "Intro", "d": "Intro"}
    told = words.told_apart(names)
    assert told == {"a": "Intro", "b": "Intro (2)", "c": "Intro (3)", "d": "Intro (4)"}


def test_an_address_in_somebody_elses_words_becomes_no_link() -> None:
    local, domain = escaped("Ask dj@example.org").split("@")
    assert local.endswith("dj\N{WORD JOINER}")  # no address ends in one: nothing to make a link of
    assert domain == "example\\.org"
