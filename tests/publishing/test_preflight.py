"""YouTube's limits are checked before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.app.publishing.preflight import Draft, PreflightContext, find_faults
from backend.app.publishing.youtube.accepted_values import CATEGORIES, is_language
from backend.app.publishing.youtube.limits import MARKER_CHARS, tags_length
from backend.app.settings import Settings
from backend.app.wiring.limits import youtube_limits
from frontend.labels import publish

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LIMITS = youtube_limits(Settings(_env_file=None))
ROOM = 500 - MARKER_CHARS
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
    category_id="10",
    language="en",
)
FINE = PreflightContext(
    now=NOW,
    uploads_left=100,
    uploads_reset_at=NOW + timedelta(hours=20),
    takes_long_videos=True,
)


def found(draft: Draft, context: PreflightContext = FINE) -> list[tuple[str, str, bool]]:
    faults = find_faults(draft, LIMITS, context)
    return [(fault.field, fault.code, fault.is_warning) for fault in faults]


def test_valid_draft_has_no_faults():
    assert found(GOOD) == []


def test_unknown_values_are_no_faults():
    early = replace(GOOD, description=None, duration_s=None, video_bytes=None, thumbnail_bytes=None)
    assert found(early) == []


# Each limit from both sides: a value that just fits, and one more.
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
            {"thumbnail_bytes": 50 * 1024**2},
            {"thumbnail_bytes": 50 * 1024**2 + 1},
            ("thumbnail", "thumbnail_too_large"),
        ),
        ({"category_id": "24"}, {"category_id": "21"}, ("category_id", "category_unknown")),
        ({"language": "zh-Hant"}, {"language": "xx"}, ("language", "language_unknown")),
        ({"video_bytes": 256 * 10**9}, {"video_bytes": 256 * 10**9 + 1}, ("", "video_too_large")),
        ({"duration_s": 43_200.0}, {"duration_s": 43_201.0}, ("", "video_too_long")),
    ],
)
def test_limits_are_exact(
    fits: dict[str, object], does_not: dict[str, object], fault: tuple[str, str]
):
    assert found(replace(GOOD, **fits)) == []
    assert found(replace(GOOD, **does_not)) == [(*fault, False)]


@pytest.mark.parametrize(
    ("takes_long", "expected"),
    [
        (True, []),
        (None, [("", "long_video", True)]),
        (False, [("", "channel_not_verified", False)]),
    ],
)
def test_long_video_needs_a_verified_channel(
    takes_long: bool | None, expected: list[tuple[str, str, bool]]
):
    context = replace(FINE, takes_long_videos=takes_long)
    assert found(replace(GOOD, duration_s=901.0), context) == expected
    assert found(replace(GOOD, duration_s=900.0), replace(FINE, takes_long_videos=False)) == []


@pytest.mark.parametrize(
    "description",
    ["Hello.", "0:00 One\n0:30 Two\n", "0:05 One\n0:30 Two\n1:00 Three", "0:00 A\n0:05 B\n1:00 C"],
)
def test_invalid_chapters_are_a_warning(description: str):
    faults = found(replace(GOOD, description=description))
    assert faults == [("description", "no_chapters", True)]


def test_used_up_quota_is_a_warning_with_its_end():
    spent = replace(FINE, uploads_left=0)
    [fault] = find_faults(GOOD, LIMITS, spent)
    assert (fault.code, fault.is_warning) == ("no_uploads_left", True)
    assert "2026-11-22 08:00 UTC" in fault.hint


def test_errors_come_before_warnings():
    draft = replace(GOOD, description="No chapters.", title="")
    assert [warning for _, _, warning in found(draft)] == [False, True]


def test_tag_length_counts_commas_and_quotes():
    assert tags_length([]) == 0
    assert tags_length(["one"]) == 3
    assert tags_length(["one", "two three"]) == 3 + 1 + 9 + 2


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        ({"title": "x" * 103}, "has 103 characters; YouTube allows 100.", "Remove 3."),
        (
            {"description": CHAPTERS + "x" * (5004 - len(CHAPTERS))},
            "has 5004 bytes; YouTube allows 5000.",
            "Remove 4; an emoji has four or more.",
        ),
        ({"duration_s": 50_000.0}, "YouTube allows 12 hours at most.", "Mix fewer songs."),
        ({"video_bytes": 10**12}, "YouTube allows 256 GB at most.", ""),
        ({"thumbnail_bytes": 10**8}, "YouTube allows thumbnails of 50 MB at most.", ""),
        ({"tags": ("x" * 495,)}, f"have 495 characters together; YouTube allows {ROOM}.", ""),
    ],
)
def test_faults_name_the_limit_and_what_to_remove(
    change: dict[str, object], message: str, hint: str
):
    [fault] = find_faults(replace(GOOD, **change), LIMITS, FINE)
    assert message in fault.message
    assert fault.hint.startswith(hint)


@pytest.mark.parametrize("takes_long", [None, False])
def test_limit_of_unverified_channels_is_in_minutes(takes_long: bool | None):
    context = replace(FINE, takes_long_videos=takes_long)
    [fault] = find_faults(replace(GOOD, duration_s=901.0), LIMITS, context)
    assert "15 minutes" in fault.message


@pytest.mark.parametrize("title", ["a\u2028b", "a\u2029b"])
def test_unicode_line_breaks_are_refused_in_titles(title: str):
    assert found(replace(GOOD, title=title)) == [("title", "title_controls", False)]


@pytest.mark.parametrize("code", [0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), 0x2066, 0x2069])
def test_direction_marks_are_named_with_their_place(code: int):
    text = f"Good night{chr(code)}gpj"
    title, description, tag = (
        found(replace(GOOD, **change))
        for change in ({"title": text}, {"description": CHAPTERS + text}, {"tags": ("ok", text)})
    )
    assert title == [("title", "title_direction", False)]
    assert description == [("description", "description_direction", False)]
    assert tag == [("tags", "tags_direction", False)]
    [fault] = find_faults(replace(GOOD, title=text), LIMITS, FINE)
    assert f"(U+{code:04X}) after “Good night”" in fault.message
    assert fault.message.startswith("The title has an invisible “")


def test_text_from_right_to_left_needs_no_direction_marks():
    assert found(replace(GOOD, title="מיקס של שבת", tags=("ליל 📀", "نهاية‌الأسبوع"))) == []


def test_unknown_category_lists_those_that_youtube_has():
    [fault] = find_faults(replace(GOOD, category_id="999"), LIMITS, FINE)
    assert "10 Music" in fault.hint
    assert "24 Entertainment" in fault.hint


def test_pages_categories_and_languages_are_accepted():
    assert set(publish.CATEGORIES.items()) <= set(CATEGORIES.items())
    assert [code for code in publish.LANGUAGES if not is_language(code)] == []


@pytest.mark.parametrize("title", ["7", "!", "★", "e\u0301"])
def test_any_visible_character_is_a_title(title: str):
    assert found(replace(GOOD, title=title)) == []
