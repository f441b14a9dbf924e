"""Frames of our own MP3 streams: nothing but MPEG-1 layer III frames without CRC, end to end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import ToolFailed
from ..media.mpeg_frames import frame_length

SAMPLES_PER_FRAME = 1152
_SYNC = b"\xff\xfb"  # MPEG-1, layer III, no CRC
_BLOCK_BYTES = 1 << 20

# The third byte of a header holds all that decides a frame's size: bit rate, rate, padding.
_SIZE_OF_THIRD_BYTE = tuple(frame_length(_SYNC + bytes((third, 0)), 0) for third in range(256))


def whole_frames(stream: bytes) -> list[int]:
    """The sizes of the frames that lie in ``stream`` whole, from its beginning on.

    Raises
    ------
    ToolFailed
        If something else stands where a frame should begin.
    """
    sizes, at, end = [], 0, len(stream)
    while at + 4 <= end:
        size = _SIZE_OF_THIRD_BYTE[stream[at + 2]]
        if not size or not stream.startswith(_SYNC, at):
            raise ToolFailed("The MP3 encoder wrote something that is no frame.")
        if at + size > end:
            break
        sizes.append(size)
        at += size
    return sizes


def read_frames(path: Path, first: int, count: int | None) -> Iterator[tuple[bytes, list[int]]]:
    """Yield frames ``[first, first + count)`` of a file, about a megabyte at a time, with sizes.

    ``count`` None reads to the end.

    Raises
    ------
    ToolFailed
        If the file has fewer frames, or ends within one.
    """
    wanted = count
    for stream, sizes in _all_frames(path):
        skipped = min(first, len(sizes))
        first -= skipped
        taken = sizes[skipped:] if wanted is None else sizes[skipped : skipped + wanted]
        if taken:
            begin = sum(sizes[:skipped])
            yield stream[begin : begin + sum(taken)], taken
        if wanted is not None:
            wanted -= len(taken)
            if wanted == 0:
                return
    if first or wanted:
        raise ToolFailed("The MP3 encoder wrote fewer frames than it was given sound for.")


def _all_frames(path: Path) -> Iterator[tuple[bytes, list[int]]]:
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            stream = rest + block
            sizes = whole_frames(stream)
            rest = stream[sum(sizes) :]
            yield stream, sizes
    if rest:
        raise ToolFailed("The MP3 encoder's output ends within a frame.")
