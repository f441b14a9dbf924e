"""Names in WebM and Matroska files are read at every level at which they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.media.gate.formats import WEBM
from backend.app.media.tags.display_names import TrackTags
from backend.app.media.tags.matroska_names import matroska_names
from backend.app.media.tags.reader_process import read_tags

from ..media_factory import MediaFactory

SEGMENT, CLUSTER, INFO, TITLE, TAGS = 0x18538067, 0x1F43B675, 0x1549A966, 0x7BA9, 0x1254C367
TAG, TARGETS, LEVEL, TRACK, CHAPTER = 0x7373, 0x63C0, 0x68CA, 0x63C5, 0x63C4
SIMPLE, NAME, STRING = 0x67C8, 0x45A3, 0x4487
UNKNOWN = b"\x01" + b"\xff" * 7


def element(kind: int, *parts: bytes, size: bytes | None = None) -> bytes:
    body = b"".join(parts)
    coded = size or (1 << 56 | len(body)).to_bytes(8, "big")
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + coded + body


def tag(*texts: tuple[str, str], target: bytes = b"") -> bytes:
    simple = [
        element(SIMPLE, element(NAME, name.encode()), element(STRING, text.encode()))
        for name, text in texts
    ]
    return element(TAG, element(TARGETS, target), *simple)


def level(value: int) -> bytes:
    return element(LEVEL, bytes([value]))


def names_in(folder: Path, *children: bytes, size: bytes | None = None) -> dict[str, str]:
    path = folder / "sound"
    head = element(0x1A45DFA3, element(0x4282, b"webm"))
    path.write_bytes(head + element(SEGMENT, *children, size=size))
    return {name: text for name, text in matroska_names(str(path)).items() if text}


def test_names_that_ffmpeg_writes_are_read(shop: MediaFactory, job: Path) -> None:
    names = ("-metadata", "title=Nachtbus № 4", "-metadata", "artist=A. Driver")
    webm = shop.encode(
        "t.webm", "-c:a", "libopus", *names, "-metadata", "album=Lines", "-metadata", "genre=Dub"
    )
    (job / "sound").write_bytes(webm)
    tags = read_tags(job / "sound", WEBM, workdir=job)
    assert tags.names == TrackTags("Nachtbus № 4", "A. Driver", "Lines", "Dub")
    assert (tags.cover, tags.length_s, tags.bits) == (None, None, None)


def test_album_artist_stands_in_for_a_missing_one(shop: MediaFactory, job: Path) -> None:
    webm = shop.encode("b.webm", "-c:a", "libopus", "-metadata", "album_artist=Band")
    (job / "sound").write_bytes(webm)
    assert read_tags(job / "sound", WEBM, workdir=job).names == TrackTags("", "Band", "")


def test_names_of_a_track_and_of_its_album_do_not_mix(tmp_path: Path) -> None:
    of_album = tag(("TITLE", "Lines"), ("ARTIST", "Band"), target=level(50))
    of_track = tag(("title", "Bus"), ("ARTIST", "A"), ("ARTIST", "B"), target=level(30))
    expected = {"title": "Bus", "artist": "A, B", "album_artist": "Band", "album": "Lines"}
    assert names_in(tmp_path, element(TAGS, of_album, of_track)) == expected
    assert names_in(tmp_path, element(TAGS, of_album)) == {
        "title": "Lines",
        "artist": "Band",
        "album_artist": "Band",
    }


def test_tags_of_a_stream_are_read_and_those_of_chapters_are_not(tmp_path: Path) -> None:
    stream = tag(("TITLE", "Bus"), target=element(TRACK, b"\1"))
    chapter = tag(("TITLE", "Intro"), ("ARTIST", "X"), target=element(CHAPTER, b"\1"))
    assert names_in(tmp_path, element(TAGS, chapter, stream)) == {"title": "Bus"}


def test_tags_behind_the_sound_are_read_in_a_segment_of_unknown_size(tmp_path: Path) -> None:
    sound = element(CLUSTER, bytes(70_000))
    info = element(INFO, element(TITLE, b"Bus\0\0"))
    tags = element(TAGS, tag(("ARTIST", "A")))
    found = names_in(tmp_path, info, sound, tags, size=UNKNOWN)
    assert found == {"title": "Bus", "artist": "A"}


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0" * 100,
        b"\xff" * 100,
        element(TAGS, size=b"\x1f\xff\xff\xf0"),
        element(TAGS, element(TAG, size=UNKNOWN)),
        element(CLUSTER, size=UNKNOWN) + element(TAGS, tag(("ARTIST", "A"))),
        element(TAGS, tag(("ARTIST", "A"), ("ALBUM", "L")))[:60],
        element(TAGS, *[element(TAG)] * 30_000, tag(("ARTIST", "A"))),
    ],
)
def test_broken_elements_give_no_error(broken: bytes, tmp_path: Path) -> None:
    assert names_in(tmp_path, broken) == {}
