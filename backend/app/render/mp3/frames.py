"""Read the frames of Segue's MP3 files: MPEG-1 layer III without CRC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...errors import ToolFailed
from ...media.gate.mpeg_frames import frame_length

SAMPLES_PER_FRAME = 1152
_SYNC = b"\xff\xfb"  # MPEG-1, layer III, no CRC
_BLOCK_BYTES = 1 << 20
_ID3_HEADER = 10
_INFO_AT = 4 + 32  # after a frame's header and its side information

Offsets = npt.NDArray[np.int64]

# The third byte of a header decides the frame's size: bit rate, sample rate, padding.
_SIZE_OF_THIRD_BYTE = tuple(frame_length(_SYNC + bytes((third, 0)), 0) for third in range(256))


def whole_frames(stream: bytes) -> list[int]:
    """Sizes of the complete frames in ``stream``, from its beginning.

    Raises
    ------
    ToolFailed
        If other data is found where a frame should begin.
    """
    sizes, at, end = [], 0, len(stream)
    while at + 4 <= end:
        size = _SIZE_OF_THIRD_BYTE[stream[at + 2]]
        if not size or not stream.startswith(_SYNC, at):
            raise ToolFailed("The MP3 encoder wrote data that is not a frame.")
        if at + size > end:
            break
        sizes.append(size)
        at += size
    return sizes


def read_frames(path: Path, first: int, count: int | None) -> Iterator[tuple[bytes, list[int]]]:
    """Yield frames ``[first, first + count)`` of a file with sizes, a megabyte at a time.

    ``count`` None reads to the end.

    Raises
    ------
    ToolFailed
        If the file has fewer frames, or ends within one.
    """
    for stream, sizes in _all_frames(path):
        skipped = min(first, len(sizes))
        first -= skipped
        end = None if count is None else skipped + count
        taken = sizes[skipped:end]
        if taken:
            begin = sum(sizes[:skipped])
            yield stream[begin : begin + sum(taken)], taken
        if count is not None:
            count -= len(taken)
            if count == 0:
                return
    if first or count:
        raise ToolFailed("The MP3 encoder wrote too few frames for the sound that it got.")


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """Offsets of the frames in a finished MP3.

    Attributes
    ----------
    info : the Info frame
    offsets : where each frame with sound begins, then the end of the file
    """

    path: Path
    info: bytes
    offsets: Offsets

    @classmethod
    def of(cls, path: Path) -> FrameIndex:
        """Index a whole file.

        Raises
        ------
        ToolFailed
            If no Info frame follows the tag, or other data than complete frames follows it.
        """
        at, info = _info_frame(path)
        start = at + len(info)
        sizes = [size for _, some in _all_frames(path, start) for size in some]
        return cls(path, info, start + np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]))

    @property
    def n_frames(self) -> int:
        """Number of frames with sound."""
        return len(self.offsets) - 1


def _info_frame(path: Path) -> tuple[int, bytes]:
    with path.open("rb") as file:
        header = file.read(_ID3_HEADER)
        tag = 0
        if header.startswith(b"ID3"):
            # Seven bits a byte (ID3v2.4, 3.1); Segue's tags have no footer.
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
