"""Reject MP4 files with copy protection (iTunes purchases), video, or no index.

ffmpeg does not report these: it may take a protected stream for plain AAC and decode nothing, or
noise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

from .rejections import rejection

# An hour of AAC needs an index of about 1 MB; a file with larger boxes is hostile.
_MAX_INDEX = 64 << 20
_MAX_BOXES = 4096

# Sample entries and boxes of copy protection: FairPlay, and Common Encryption (ISO 23001-7).
_DRM = (b"sinf", b"enca", b"encv", b"drms", b"drmi")
_VIDEO = re.compile(rb"hdlr.{8}vide", re.S)
# Audio books and songs by Apple have chapter pictures in a separate picture track.
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"M4P ")


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


def require_sound_only_mp4(source: Path) -> None:
    """Reject an MP4 without an index (``damaged``), with copy protection (``drm``) or ``video``."""
    size = source.stat().st_size
    with source.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        tracks = _tracks(file, size)
        if any(content.find(box, at.start, at.end) >= 0 for at in tracks for box in _DRM):
            raise rejection("drm")
        videos = (_VIDEO.search(content, at.start, at.end) for at in tracks)
        if content[8:12] not in _SOUND_BRANDS and any(videos):
            raise rejection("video")


def _tracks(file: BinaryIO, size: int) -> list[_Box]:
    """The `trak` boxes; tags and covers, which may hold any bytes, lie outside them."""
    moov = next((box for box in _boxes(file, 0, size) if box.kind == b"moov"), None)
    if moov is None:
        raise rejection("damaged", "its index is missing, as in an incomplete download")
    traks = [box for box in _boxes(file, moov.start, moov.end) if box.kind == b"trak"]
    if sum(box.end - box.start for box in traks) > _MAX_INDEX:
        raise rejection("damaged", "its index makes no sense")
    return traks


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """Yield the boxes of one level, up to the first with an impossible size.

    A box has 4 bytes of size and 4 of kind. Size 1: 8 bytes of size follow; size 0: it reaches to
    the end (ISO 14496-12, 4.2).
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
