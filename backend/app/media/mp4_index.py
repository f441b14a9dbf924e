"""The index (`moov`) of an MP4 file: is it there, is it locked, does it hold pictures that move.

Only what the decoder will not say is looked up here. For a locked stream ffmpeg may report plain
AAC and then decode nothing, or noise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .refusals import refusal

# An hour of AAC needs an index of about 1 MB; a file of more boxes than this is made to be odd.
_MAX_INDEX = 64 << 20
_MAX_BOXES = 4096

# Sample entries and boxes of the protection schemes: FairPlay, and Common Encryption (ISO 23001-7).
_LOCKS = (b"sinf", b"enca", b"encv", b"drms", b"drmi")
_MOVING_PICTURES = re.compile(rb"hdlr.{8}vide", re.S)
# Audio books and Apple's songs carry chapter pictures in a picture track of their own.
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"M4P ")


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


def expect_plain_sound(source: Path) -> None:
    """Refuse an MP4 without index, under protection, or with a film in it.

    Raises
    ------
    RejectedFile
        ``damaged``, ``drm`` or ``video``.
    """
    size = source.stat().st_size
    with source.open("rb") as file:
        brand = file.read(12)[8:12]
        tracks = _tracks(file, size)
    if any(lock in tracks for lock in _LOCKS):
        raise refusal("drm")
    if brand not in _SOUND_BRANDS and _MOVING_PICTURES.search(tracks):
        raise refusal("video")


def _tracks(file: BinaryIO, size: int) -> bytes:
    """The bytes of all `trak` boxes; tags and covers stay out, whose bytes may spell anything."""
    moov = next((box for box in _boxes(file, 0, size) if box.kind == b"moov"), None)
    if moov is None:
        raise refusal("damaged", "its index is missing, as in a download that was cut short")
    traks = [box for box in _boxes(file, moov.start, moov.end) if box.kind == b"trak"]
    if sum(box.end - box.start for box in traks) > _MAX_INDEX:
        raise refusal("damaged", "its index makes no sense")
    return b"".join(_content(file, box) for box in traks)


def _content(file: BinaryIO, box: _Box) -> bytes:
    file.seek(box.start)
    return file.read(box.end - box.start)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """Walk the boxes of one level; a size that can't be ends the walk.

    A box is its size in 4 bytes, its kind in 4; size 1 means that 8 bytes of size follow, size 0
    that it reaches to the end (ISO 14496-12, 4.2).
    """
    for _ in range(_MAX_BOXES):
        if start >= end:
            return
        file.seek(start)
        header = file.read(16)
        length, kind, skip = int.from_bytes(header[:4], "big"), header[4:8], 8
        if length == 1:
            length, skip = int.from_bytes(header[8:16], "big"), 16
        length = length or end - start
        if len(header) < 8 or length < skip:
            return
        yield _Box(kind, start + skip, min(start + length, end))
        start += length
