"""A Lyrics3 tag after the sound is ignored without a warning."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from backend.app.media.admit_track import AdmittedTrack, admit_track
from backend.app.media.gate.lyrics3 import lyrics3_start

from ..media_factory import MediaFactory
from ..tags.test_read_names import bare_mp3, id3v1

# contains bytes with which MP3 frames begin
WORDS = b"[00:01]Le vent se l\xe8ve\r\n" * 90 + b"\xff\xfb\x90\x64" * 20
FIELDS = b"IND00002" + b"00" + b"LYR%05d" % len(WORDS) + WORDS
V1 = b"LYRICSBEGIN" + WORDS + b"LYRICSEND"
V2 = b"LYRICSBEGIN" + FIELDS + b"%06d" % (11 + len(FIELDS)) + b"LYRICS200"
ID3V1 = id3v1("Vent", "Anne")


def admitted(shop: MediaFactory, job: Path, content: bytes) -> AdmittedTrack:
    (job / "9c1b").write_bytes(content)
    return admit_track(job / "9c1b", workdir=job, ffmpeg=shop.ffmpeg)


@pytest.mark.parametrize("tail", [V1 + ID3V1, V2 + ID3V1, V2], ids=["1", "2", "2 alone"])
def test_sound_before_lyrics_is_admitted_without_a_warning(
    tail: bytes, shop: MediaFactory, job: Path
) -> None:
    plain = admitted(shop, job, bare_mp3(shop))
    track = admitted(shop, job, bare_mp3(shop) + tail)
    assert track.warnings == ()
    assert track.content_hash == plain.content_hash
    assert track.tags.title == ("Vent" if ID3V1 in tail else "")


def test_file_cut_off_before_its_lyrics_is_reported(shop: MediaFactory, job: Path) -> None:
    mp3 = bare_mp3(shop)
    track = admitted(shop, job, mp3[: len(mp3) * 3 // 4] + V2 + ID3V1)
    assert any("damaged or incomplete" in warning for warning in track.warnings)


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"sound" + V1 + ID3V1, 5),
        (b"sound" + V2, 5),
        (b"sound" + ID3V1, None),
        (b"LYRICSEND", None),
        (b"sound" + V1[3:], None),
        (b"sound" + V2[3:], None),
        (b"999999LYRICS200" + ID3V1, None),
        (b"LYRICSBEGIN" + b"-00011LYRICS200", None),
        (V2[:-12] + b"\xb2\xb2\xb2LYRICS200", None),
        (b"LYRICSBEGIN" + bytes(6_000) + b"LYRICSEND" + ID3V1, None),
        (b"", None),
    ],
)
def test_only_whole_tags_are_found(content: bytes, start: int | None) -> None:
    assert lyrics3_start(io.BytesIO(content), len(content)) == start
