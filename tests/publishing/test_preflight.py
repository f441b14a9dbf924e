"""What YouTube would refuse is found before a byte is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.app.publishing.limits import limits_of, tags_length
from backend.app.publishing.preflight import MARKER_CHARS, Circumstances, Draft, faults
from backend.app.settings import Settings

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LIMITS = limits_of(Settings(_env_file=None))
CHAPTERS = "0:00 One\n0:30 Two\n1:00 Three\n"
GOOD = Draft(
    title="A mix",
    description=CHAPTERS,
    tags=("techno", "live set"),
    privacy="private",
    publish_at=None,
    duration_s=90.0,
    video_bytes=10_000_000,
    thumbnail_bytes=200_000,
)
FINE = Circumstances(
    now=NOW,
    uploads_left=100,
    uploads_reset_at=NOW + timedelta(hours=20),
    verified_project=True,
    takes_long_videos=True,
)


def found(draft: Draft, circumstances: Circumstances = FINE) -> list[tuple[str, str, bool]]:
    told = faults(draft, LIMITS, circumstances)
    return [(fault.field, fault.code, fault.is_warning) for fault in told]


def test_nothing_stands_against_a_good_draft():
    assert found(GOOD) == []


def test_what_is_not_known_yet_is_not_held_against_it():
    early = replace(GOOD, description=None, duration_s=None, video_bytes=None, thumbnail_bytes=None)
    assert found(early) == []


# Each limit from both sides: what just fits, and what is one too many.
@pytest.mark.parametrize(
    ("fits", "does_not", "fault"),
    [
        ({"title": "x" * 100}, {"title": "x" * 101}, ("title", "title_too_long")),
        ({"title": "🎧" * 100}, {"title": "🎧" * 101}, ("title", "title_too_long")),
        ({"title": "x"}, {"title": "  "}, ("title", "title_empty")),
        ({"title": "‹x›"}, {"title": "<x>"}, ("title", "title_brackets")),
        (
            {"description": CHAPTERS + "é" * ((5000 - len(CHAPTERS)) // 2)},
            {"description": CHAPTERS + "é" * ((5000 - len(CHAPTERS)) // 2 + 1)},
            ("description", "description_too_long"),
        ),
        (
            {"description": CHAPTERS},
            {"description": CHAPTERS + "a > b"},
            ("description", "description_brackets"),
        ),
        (
            {"tags": ("x" * (500 - MARKER_CHARS),)},
            {"tags": ("x" * (500 - MARKER_CHARS + 1),)},
            ("tags", "tags_too_long"),
        ),
        ({"tags": ("a b",)}, {"tags": ("a,b",)}, ("tags", "tag_characters")),
        ({"tags": ("a'b",)}, {"tags": ('a"b',)}, ("tags", "tag_characters")),
        ({"tags": ("ab",)}, {"tags": ("a\nb",)}, ("tags", "tag_characters")),
        ({"title": "a b"}, {"title": "a\nb"}, ("title", "title_controls")),
        ({"title": "a b"}, {"title": "a\x00b"}, ("title", "title_controls")),
        ({"title": "🎧"}, {"title": "\u200b\u00a0"}, ("title", "title_empty")),
        (
            {"description": CHAPTERS + "\tx\r\n"},
            {"description": CHAPTERS + "\x00"},
            ("description", "description_controls"),
        ),
        ({"tags": ("ab",)}, {"tags": ("a<b",)}, ("tags", "tag_brackets")),
        (
            {"publish_at": NOW + timedelta(hours=1)},
            {"publish_at": NOW},
            ("publish_at", "publish_at_passed"),
        ),
        (
            {"publish_at": NOW + timedelta(hours=1)},
            {"publish_at": NOW + timedelta(hours=1), "privacy": "public"},
            ("publish_at", "publish_at_needs_private"),
        ),
        (
            {"thumbnail_bytes": 2 * 1024**2},
            {"thumbnail_bytes": 2 * 1024**2 + 1},
            ("thumbnail", "thumbnail_too_large"),
        ),
        ({"video_bytes": 256 * 10**9}, {"video_bytes": 256 * 10**9 + 1}, ("", "video_too_large")),
        ({"duration_s": 43_200.0}, {"duration_s": 43_201.0}, ("", "video_too_long")),
    ],
)
def test_a_limit_holds_to_the_last_character(
    fits: dict[str, object], does_not: dict[str, object], fault: tuple[str, str]
):
    assert found(replace(GOOD, **fits)) == []
    assert found(replace(GOOD, **does_not)) == [(*fault, False)]


@pytest.mark.parametrize(
    ("takes_long", "told"),
    [
        (True, []),
        (None, [("", "long_video", True)]),
        (False, [("", "channel_not_verified", False)]),
    ],
)
def test_a_channel_that_takes_no_long_videos_is_asked_to_verify_itself(
    takes_long: bool | None, told: list[tuple[str, str, bool]]
):
    circumstances = replace(FINE, takes_long_videos=takes_long)
    assert found(replace(GOOD, duration_s=901.0), circumstances) == told
    assert found(replace(GOOD, duration_s=900.0), replace(FINE, takes_long_videos=False)) == []


@pytest.mark.parametrize(
    "description",
    ["Hello.", "0:00 One\n0:30 Two\n", "0:05 One\n0:30 Two\n1:00 Three", "0:00 A\n0:05 B\n1:00 C"],
)
def test_chapters_that_would_not_be_shown_are_a_warning(description: str):
    told = found(replace(GOOD, description=description))
    assert told == [("description", "no_chapters", True)]


@pytest.mark.parametrize(
    ("wish", "warned"),
    [
        ({"privacy": "private"}, False),
        ({"privacy": "unlisted"}, True),
        ({"privacy": "public"}, True),
        ({"publish_at": NOW + timedelta(days=1)}, True),
    ],
)
def test_a_project_that_nobody_audited_keeps_videos_private(wish: dict[str, object], warned: bool):
    told = found(replace(GOOD, **wish), replace(FINE, verified_project=False))
    assert told == ([("privacy", "stays_private", True)] if warned else [])


def test_a_spent_quota_is_a_warning_that_says_when_it_goes_on():
    spent = replace(FINE, uploads_left=0)
    [fault] = faults(GOOD, LIMITS, spent)
    assert (fault.code, fault.is_warning) == ("no_uploads_left", True)
    assert "2026-11-22 08:00 UTC" in fault.hint


def test_errors_come_before_warnings():
    draft = replace(GOOD, description="No chapters.", title="")
    assert [warning for _, _, warning in found(draft)] == [False, True]


def test_tags_are_counted_as_youtube_counts_them():
    assert tags_length([]) == 0
    assert tags_length(["one"]) == 3
    assert tags_length(["one", "two three"]) == 3 + 1 + 9 + 2
