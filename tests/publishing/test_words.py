from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.publishing.chapters import ListedChapter
from backend.app.publishing.description import MAX_BYTES, Words, description, hashtag, tracklist


def words(chapters: list[ListedChapter], **other: object) -> Words:
    parts = {"intro": "", "credits": (), "hashtags": (), **other}
    return Words(chapters=tuple(chapters), **parts)


def set_of(n_tracks: int, title: str, *, every_s: int = 240) -> list[ListedChapter]:
    return [ListedChapter(i * every_s, f"{title} {i + 1}") for i in range(n_tracks)]


def test_a_description_has_intro_chapters_credits_and_hashtags() -> None:
    made = words(
        set_of(3, "Song"), intro="Hello.", credits=("Ada", "Bo"), hashtags=("#DJ mix", "house")
    )
    text, notes = description(made)
    assert notes == []
    assert text == (
        "Hello.\n\nTracklist\n0:00 Song 1\n4:00 Song 2\n8:00 Song 3\n"
        "\nMusic by\nAda\nBo\n\n#DJmix #house\n"
    )


def test_the_first_chapter_is_at_zero() -> None:
    assert tracklist(set_of(2, "Song")).startswith("0:00 Song 1\n")


def test_angle_brackets_become_ones_that_youtube_takes() -> None:
    text, _ = description(words([ListedChapter(0, "<b>Bold</b>")], intro="a < b"))
    assert "<" not in text
    assert ">" not in text
    assert "‹b›Bold‹/b›" in text


def test_a_template_inside_a_title_is_only_a_title() -> None:
    text, _ = description(words([ListedChapter(0, "{{ 7 * 7 }} {% raw %}")]))
    assert "0:00 {{ 7 * 7 }} {% raw %}" in text


def test_four_hours_of_emoji_and_cjk_titles_fit_with_every_chapter() -> None:
    made = words(
        set_of(60, "夜の東京を歩く長い長いタイトル 🎧🌃✨ ミックス" * 2),
        intro="A long night. " * 40,
        credits=tuple(f"アーティスト {i}" for i in range(60)),
        hashtags=("djmix",),
    )
    text, notes = description(made)
    assert len(text.encode()) <= MAX_BYTES
    assert [line.split()[0] for line in text.splitlines() if "夜" in line] == [
        chapter.stamp for chapter in made.chapters
    ]
    assert len(notes) == 3
    assert "#djmix" in text


def test_of_more_tracks_than_there_is_room_for_the_first_are_listed() -> None:
    made = words(set_of(500, "長い長い曲の題名" * 4), hashtags=("djmix",))
    text, notes = description(made)
    lines = [line.split()[0] for line in text.splitlines() if "長" in line]
    assert lines == [chapter.stamp for chapter in made.chapters[: len(lines)]]
    assert f"Only the first {len(lines)} of 500 tracks" in notes[-1]
    # The next line, of at most 12 characters of 3 bytes behind its time, has no room
    assert MAX_BYTES - 50 < len(text.encode()) <= MAX_BYTES
    assert "#djmix" in text


def test_credits_go_before_anything_else() -> None:
    credits = tuple(f"Artist number {i}" for i in range(400))
    text, notes = description(words(set_of(3, "Song"), intro="Kept whole.", credits=credits))
    assert "Kept whole." in text
    assert "Artist number" not in text
    assert "credits" in notes[0]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=300),
    st.text(max_size=2000),
)
def test_whatever_people_write_it_fits(titles: list[str], intro: str) -> None:
    made = words([ListedChapter(i * 60, title) for i, title in enumerate(titles)], intro=intro)
    text, _ = description(made)
    assert len(text.encode()) <= MAX_BYTES
    assert "<" not in text


@pytest.mark.parametrize(
    ("text", "tag"), [("#DJ mix!", "#DJmix"), ("日本語", "#日本語"), ("--", ""), ("a_b 2", "#a_b2")]
)
def test_hashtags_have_only_what_a_hashtag_may_have(text: str, tag: str) -> None:
    assert hashtag(text) == tag
