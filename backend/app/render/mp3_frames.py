"""Frames of our own MP3 streams: nothing but MPEG-1 layer III frames without CRC, end to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import ToolFailed
from ..media.mpeg_frames import frame_length

SAMPLES_PER_FRAME = 1152
_SYNC = b"\xff\xfb"  # MPEG-1, layer III, no CRC
_BLOCK_BYTES = 1 << 20
_ID3_HEADER = 10
_INFO_AT = 4 + 32  # past a frame's header and its side information

Offsets = npt.NDArray[np.int64]

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


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """Where in one of our finished files the frames lie.

    Attributes
    ----------
    info : the Info frame
    offsets : where each frame with sound begins; the last value is the end of the file
    """

    info: bytes
    offsets: Offsets

    @classmethod
    def of(cls, path: Path) -> FrameIndex:
        """Read a file from end to end.

        Raises
        ------
        ToolFailed
            If there is no Info frame behind the tag, or something else than whole frames behind it.
        """
        at, info = _info_frame(path)
        start = at + len(info)
        sizes = [size for _, some in _all_frames(path, start) for size in some]
        return cls(info, start + np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]))

    @property
    def n_frames(self) -> int:
        """How many frames with sound there are."""
        return len(self.offsets) - 1


def _info_frame(path: Path) -> tuple[int, bytes]:
    with path.open("rb") as file:
        header = file.read(_ID3_HEADER)
        tag = 0
        if header.startswith(b"ID3"):
            # Seven bits a byte, after ID3v2.4, 3.1; our tags have no footer.
            tag = _ID3_HEADER + sum(
                byte << 7 * place for place, byte in enumerate(reversed(header[6:10]))
            )
        file.seek(tag)
        head = file.read(_INFO_AT + 4)
        info = head + file.read(max(frame_length(head, 0) - len(head), 0))
    if info[_INFO_AT : _INFO_AT + 4] not in (b"Info", b"Xing"):
        raise ToolFailed("The MP3 has no Info frame.")
    return tag, info


def _all_frames(path: Path, start: int = 0) -> Iterator[tuple[bytes, list[int]]]:
    rest = b""
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK_BYTES):
            stream = rest + block
            sizes = whole_frames(stream)
            rest = stream[sum(sizes) :]
            yield stream, sizes
    if rest:
        raise ToolFailed("The MP3 encoder's output ends within a frame.")
