"""Numbers, times and sizes as text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from frontend.components.players.mix_player import chapter_clips
from frontend.components.players.peaks import thinned
from frontend.error_messages import escaped
from frontend.labels import figures, job_status
from tests.frontend.scripted_api import TIMELINE, job


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (65.9, "1:05"), (3599, "59:59"), (3600, "1:00:00"), (14_705, "4:05:05")],
)
def test_clock_shows_hours_only_if_needed(seconds: float, text: str) -> None:
    assert figures.clock(seconds) == text


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 kB"),
        (12, "1 kB"),
        (45_400, "45 kB"),
        (999_400, "999 kB"),
        (1_000_000, "1.0 MB"),
        (9_900_000, "9.9 MB"),
        (83_960_000, "84 MB"),
        (1_000_000_000, "1.00 GB"),
    ],
)
def test_size_has_a_fitting_unit(n_bytes: int, text: str) -> None:
    assert figures.size(n_bytes) == text


@pytest.mark.parametrize(
    ("eta_s", "text"),
    [
        (9.9, "a few seconds left"),
        (10, "about 10 seconds left"),
        (89, "about 90 seconds left"),
        (90, "about 2 minutes left"),
        (300, "about 5 minutes left"),
        (5399, "about 90 minutes left"),
        (5400, "about 1.5 hours left"),
    ],
)
def test_time_left_is_rounded(eta_s: float, text: str) -> None:
    assert figures.time_left(eta_s) == text


def test_tenths_are_cut_not_rounded() -> None:
    assert figures.clock_tenths(65.29) == "1:05.2"
    assert figures.clock_tenths(65.99) == "1:05.9"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "under 1 s"), (1.0, "1 s"), (59.9, "59 s"), (60, "1:00 min"), (3725, "1:02:05 min")],
)
def test_elapsed_time_is_in_minutes_from_one_on(seconds: float, text: str) -> None:
    assert figures.elapsed(seconds) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"queue_position": 1}, "Waiting — next in line"),
        ({"queue_position": 2}, "Waiting — number 2 in line"),
        ({}, "Waiting"),
        (
            {"waits_for": "m", "waits_for_status": "failed"},
            "The mix failed: retry the mix, or cancel this job",
        ),
        (
            {"waits_for": "m", "waits_for_status": "cancelled"},
            "The mix was cancelled: retry the mix, or cancel this job",
        ),
        ({"waits_for": "m", "waits_for_status": "running"}, "Waiting for the mix"),
        (
            {"waits_for": "m", "resumes_at": datetime(2031, 1, 2, 8, 0, tzinfo=UTC)},
            "Resumes on 2 Jan 2031 at 08:00",
        ),
    ],
)
def test_queued_job_tells_what_it_waits_for(fields: dict[str, object], text: str) -> None:
    assert job_status.job_status(job("queued", **fields)) == text


def test_job_status_texts() -> None:
    running = job("running", step="mixing", eta_s=44.0)
    assert job_status.job_status(running) == "Mixing — about 40 seconds left"
    assert job_status.job_status(job("queued", queue_position=3)) == "Waiting — number 3 in line"
    assert job_status.job_status(job("running", step="filming")) == "Making the video"
    assert job_status.job_status(job("running", step="a_new_step")) == "A new step"
    assert job_status.job_status(job("failed")) == "Failed"


def test_times_are_in_the_readers_time_zone() -> None:
    moment = datetime(2026, 11, 5, 23, 30, tzinfo=UTC)
    assert figures.day_and_time(moment, "Europe/Madrid") == "6 Nov 2026, 00:30"
    assert figures.day_and_time(moment, "Nowhere/Else") == "5 Nov 2026, 23:30"


def test_thinned_peaks_keep_the_loudest_of_each_group() -> None:
    assert thinned([0.1, 0.9, 0.2, 0.3, 0.4], n_most=3) == [0.9, 0.3, 0.4]
    assert thinned([0.12345], n_most=3) == [0.123]
    assert thinned([], n_most=3) == []


def test_chapter_clips_use_chapters_or_track_starts() -> None:
    assert [clip["chapter_s"] for clip in chapter_clips(TIMELINE)] == [0.0, 56.0]
    without = TIMELINE.model_copy(update={"chapters": []})
    assert [clip["chapter_s"] for clip in chapter_clips(without)] == [0.0, 52.0]


def test_repeated_titles_are_numbered() -> None:
    names = {"a": "Intro", "b": "Intro (2)", "c": "Intro", "d": "Intro"}
    unique = figures.deduplicate_titles(names)
    assert unique == {"a": "Intro", "b": "Intro (2)", "c": "Intro (3)", "d": "Intro (4)"}


def test_email_address_does_not_become_a_link() -> None:
    local, domain = escaped("Ask dj@example.org").split("@")
    assert local.endswith("dj\N{WORD JOINER}")  # so that Streamlit makes no link of it
    assert domain == "example\\.org"
