"""Read AAC frames from an ADTS stream, and extract such a stream from an M4A file."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...errors import ToolFailed
from ...media.ffmpeg.ffmpeg import run_ffmpeg
from ...store.files.atomic_write import atomic_write

SAMPLES_PER_FRAME = 1024
ENCODER_DELAY = 1024
"""Samples that the encoder adds in front: a frame's transform spans this frame and the next."""

_SYNC = b"\xff\xf1"  # MPEG-4, no CRC
_HEADER_BYTES = 7
_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class AdtsFrames:
    """Offsets of the frames in an ADTS file, followed by the end of the file."""

    path: Path
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, path: Path) -> AdtsFrames:
        """Index a whole file; raise :class:`ToolFailed` if it contains anything but frames."""
        # One header at a time: an hour has 115 MB.
        offsets, at, end = array("q", [0]), 0, path.stat().st_size
        with path.open("rb") as file:
            while at < end:
                file.seek(at)
                at += _frame_bytes(file.read(_HEADER_BYTES))
                if at > end:
                    raise _not_a_frame()
                offsets.append(at)
        return cls(path, np.array(offsets, np.int64))

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.offsets) - 1

    def read(self, first: int, count: int | None) -> bytes:
        """Read the bytes of frames ``[first, first + count)``; ``count`` None reads to the end.

        Raise :class:`ToolFailed` if the file has fewer.
        """
        last = self.n_frames if count is None else first + count
        if not first <= last <= self.n_frames:
            raise ToolFailed("The AAC encoder wrote too few frames for the sound that it got.")
        with self.path.open("rb") as file:
            file.seek(int(self.offsets[first]))
            return file.read(int(self.offsets[last] - self.offsets[first]))


def _frame_bytes(header: bytes) -> int:
    """Return the size of the frame with this header."""
    if len(header) < _HEADER_BYTES or not header.startswith(_SYNC):
        raise _not_a_frame()
    size = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if size < _HEADER_BYTES:
        raise _not_a_frame()
    return size


def _not_a_frame() -> ToolFailed:
    return ToolFailed("The AAC encoder wrote data that is not a frame.")


def extract_frames(m4a: Path, out: Path, ffmpeg: Path) -> AdtsFrames:
    """Extract the frames of an M4A file of Segue's into an ADTS file.

    Raises like `run_ffmpeg`.
    """
    with atomic_write(out) as part:
        copied = ("-map", "0:a:0", "-c", "copy", "-fflags", "+bitexact", "-f", "adts")
        arguments = ["-f", "mov", "-i", f"file:{m4a}", *copied, "-y", f"file:{part}"]
        run_ffmpeg(ffmpeg, arguments, timeout_s=_TIMEOUT_S)
    return AdtsFrames.of(out)
