"""Child program: read one file's tags with mutagen and print them as JSON.

    python -I read_tags.py KIND SOURCE COVER MAX_COVER_BYTES

``KIND`` is a name of `sniff.SniffedFormat`. A picture in the tags is written to ``COVER``. mutagen
trusts its input: a file of a few megabytes can make it build millions of objects, inflate a frame
without end or exceed the recursion limit. In a child with limits this does no harm; the track is
then admitted without tags.

Imports no more of Segue than the modules beside it, so that it starts in 40 ms.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, cast

from mutagen import MutagenError
from mutagen.aiff import AIFF
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
    """The used attributes of `mutagen.FileType`, which has no types."""

    info: _Info
    tags: _Tags | None
    pictures: list[_Picture]


_FRONT_COVER = 3
_MAX_PICTURES = 4
# A WAV streamed to a pipe states the largest possible length, because the real one is unknown.
_STREAMED_WAV_BYTES = 0x7FFF_0000

_KINDS: dict[str, Callable[[str], object]] = {
    "mp3": MP3,
    "wav": WAVE,
    "aiff": AIFF,
    "flac": FLAC,
    "ogg": OggVorbis,
    "opus": OggOpus,
    "m4a": MP4,
}


def main(kind: str, source: str, cover: str, max_cover_bytes: str) -> None:
    """Print the length, bits and names in ``source``; write its cover."""
    file = _opened(kind, source) if kind in _KINDS else None  # mutagen does not know WebM
    if file is not None:
        _print({"length_s": _length_s(kind, file), "bits": _bits(file)})
    # An absolute import, because a file run as a program belongs to no package.
    from backend.app.media.tags.read_names import read_names

    _print(read_names(kind, None if file is None else file.tags, source))
    picture = _picture(kind, file) if file is not None else b""
    if 0 < len(picture) <= int(max_cover_bytes):
        Path(cover).write_bytes(picture)


def _opened(kind: str, source: str) -> _File | None:
    """The file as mutagen reads it; None if it finds no sound, as in RF64, BW64 or after junk."""
    try:
        return cast(_File, _KINDS[kind](source))
    except MutagenError:
        return None


def _print(fields: Mapping[str, str | float | int | None]) -> None:
    """Print a line immediately, so that it survives an error in the rest of the file."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def _length_s(kind: str, file: _File) -> float | None:
    """The length in seconds that the file states, or None.

    An MP3 without a Xing header states none, nor does any Ogg: mutagen measures the existing sound.
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


def _picture(kind: str, file: _File) -> bytes:
    """The front cover, else the first picture, else b""."""
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
    sys.path.append(str(Path(__file__).parents[4]))  # `-I` removes Segue's folder from the path
    main(*sys.argv[1:])
