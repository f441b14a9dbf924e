"""Names and chapters in the syntax of each format."""

from __future__ import annotations

import pytest

from backend.app.render.files.tags import (
    MixTags,
    chapter_time,
    ffmetadata,
    id3_tag,
    vorbis_comments,
)
from tests.sounds import SR

CHAPTERS = MixTags(chapters=((0, "One"), (2 * SR, "Two")), length=5 * SR)


@pytest.mark.parametrize(
    ("position", "shown"),
    [
        (0, "00:00:00.000"),
        (22, "00:00:00.000"),  # 0.499 ms
        (23, "00:00:00.001"),  # 0.522 ms
        (61 * SR, "00:01:01.000"),
        (3_599 * SR + 44_099, "01:00:00.000"),  # 0.02 ms before the hour
        (36_061 * SR + SR // 2, "10:01:01.500"),
    ],
)
def test_chapter_times_have_hours_and_the_nearest_millisecond(position: int, shown: str) -> None:
    assert chapter_time(position) == shown


def test_a_chapter_ends_where_the_next_begins_and_the_last_with_the_mix() -> None:
    assert list(CHAPTERS.spans()) == [(0, 2 * SR, "One"), (2 * SR, 5 * SR, "Two")]


def test_vorbis_comments_have_their_own_keys() -> None:
    tags = MixTags("T", "A", "L", "C", chapters=((SR, "One"),), length=2 * SR)
    assert vorbis_comments(tags) == [
        ("TITLE", "T"),
        ("ARTIST", "A"),
        ("ALBUMARTIST", "A"),
        ("ALBUM", "L"),
        ("DESCRIPTION", "C"),
        ("CHAPTER000", "00:00:01.000"),
        ("CHAPTER000NAME", "One"),
    ]


def test_mix_without_names_gets_no_tag() -> None:
    assert id3_tag(MixTags(length=SR)) == b""
    assert vorbis_comments(MixTags(length=SR)) == []


def test_metadata_for_ffmpeg_is_escaped_and_in_samples() -> None:
    tags = MixTags("a=b;c#d\\", "x\r\ny\rz\0", chapters=((SR, "One"),), length=2 * SR)
    assert ffmetadata(tags) == (
        ";FFMETADATA1\ntitle=a\\=b\\;c\\#d\\\\ \nartist=x\\\ny\\\nz\nalbum_artist=x\\\ny\\\nz\n"
        "[CHAPTER]\nTIMEBASE=1/44100\nSTART=44100\nEND=88200\ntitle=One\n"
    )
