"""A program of its own: read the tags of one sound file with mutagen and print them as JSON.

    python -I tag_reader.py KIND SOURCE COVER

``KIND`` is a name of `sniff.SniffedFormat`. A picture in the tags is written to ``COVER``. mutagen
trusts what it reads: a file of a few megabytes can make it build millions of objects, inflate a
compressed frame without end or recurse until Python gives up. As a child with limits it may fail
in any of these ways; tags are a courtesy, and the track is taken without them.

It imports nothing of Segue, so that starting it costs 30 ms.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from mutagen.flac import FLAC, Picture
from mutagen.mp3 import MP3, BitrateMode
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE


class _Info(Protocol):
    length: float
    sample_rate: int
    channels: int
    bits_per_sample: int
    bitrate_mode: int


class _Picture(Protocol):
    type: int
    data: bytes


class _Tags(Protocol):
    def get(self, key: str) -> object: ...
    def getall(self, key: str) -> list[_Picture]: ...


class _File(Protocol):
    """What is used of a `mutagen.FileType`, which comes without types."""

    info: _Info
    tags: _Tags | None
    pictures: list[_Picture]


Told: TypeAlias = dict[str, str | float | int | None]

MAX_COVER_BYTES = 10_000_000
_MAX_TEXT = 2_000
_FRONT_COVER = 3
_MAX_PICTURES = 4
# A WAV that was streamed to a pipe states the largest length there is, and means none.
_STREAMED_WAV_BYTES = 0x7FFF_0000

_KINDS: dict[str, Callable[[str], object]] = {
    "mp3": MP3,
    "wav": WAVE,
    "flac": FLAC,
    "ogg": OggVorbis,
    "opus": OggOpus,
    "m4a": MP4,
}
_ID3_NAMES = ("TIT2", "TPE1", "TALB")
_VORBIS_NAMES = ("title", "artist", "album")
_MP4_NAMES = ("\xa9nam", "\xa9ART", "\xa9alb")


def main(kind: str, source: str, cover: str) -> None:
    """Print what ``source`` says of itself."""
    file = cast(_File, _KINDS[kind](source))
    told: Told = {"length_s": _length_s(kind, file), "bits": _bits(file)}
    sys.stdout.write(json.dumps(told) + "\n")  # first, so that odd tags don't take it along
    sys.stdout.flush()
    told = _names(kind, file)
    picture = _picture(kind, file)
    if 0 < len(picture) <= MAX_COVER_BYTES:
        Path(cover).write_bytes(picture)
    sys.stdout.write(json.dumps(told) + "\n")


def _length_s(kind: str, file: _File) -> float | None:
    """The length that the file claims, where it claims one at all.

    An MP3 without a Xing header, and every Ogg, is as long as what is there of it.
    """
    info = file.info
    if kind in ("ogg", "opus") or (kind == "mp3" and info.bitrate_mode == BitrateMode.UNKNOWN):
        return None
    if kind == "wav":
        size = info.length * info.sample_rate * info.channels * info.bits_per_sample / 8
        return float(info.length) if size < _STREAMED_WAV_BYTES else None
    return float(info.length) or None


def _bits(file: _File) -> int | None:
    return int(getattr(file.info, "bits_per_sample", 0) or 0) or None


def _names(kind: str, file: _File) -> Told:
    keys = {"mp3": _ID3_NAMES, "wav": _ID3_NAMES, "m4a": _MP4_NAMES}.get(kind, _VORBIS_NAMES)
    if file.tags is None:
        return {}
    values = (_text(file.tags.get(key)) for key in keys)
    return dict(zip(("title", "artist", "album"), values, strict=True))


def _text(value: object) -> str:
    """Several values (two artists) in one line."""
    if value is None:
        return ""
    several = getattr(value, "text", value)
    parts = several if isinstance(several, list) else [several]
    return ", ".join(str(part)[:_MAX_TEXT] for part in parts[:20])[:_MAX_TEXT]


def _picture(kind: str, file: _File) -> bytes:
    """The front cover, else the first picture, else nothing."""
    if kind == "m4a":
        return bytes(next(iter(_listed(file, "covr")), b""))
    pictures = _pictures(kind, file)
    front = [picture for picture in pictures if picture.type == _FRONT_COVER]
    return bytes((front or pictures)[0].data) if pictures else b""


def _pictures(kind: str, file: _File) -> list[_Picture]:
    if kind == "flac":
        return file.pictures
    if kind in ("ogg", "opus"):
        coded = _listed(file, "metadata_block_picture")
        return [cast(_Picture, Picture(base64.b64decode(one))) for one in coded[:_MAX_PICTURES]]
    return file.tags.getall("APIC") if file.tags is not None else []


def _listed(file: _File, key: str) -> list[bytes]:
    return cast("list[bytes]", file.tags.get(key) or []) if file.tags is not None else []


if __name__ == "__main__":
    main(*sys.argv[1:])
