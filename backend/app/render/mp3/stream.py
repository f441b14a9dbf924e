"""Write an MP3 file: ID3 tag, Info frame, frames."""

from __future__ import annotations

from array import array
from pathlib import Path

from .crc16 import crc16
from .frames import read_frames
from .info_frame import Mp3Mode, info_frame, info_frame_size


class Mp3Stream:
    """An MP3 file to which frames are appended; needs two bytes of memory a frame."""

    def __init__(self, path: Path, mode: Mp3Mode, tag: bytes) -> None:
        self._file = path.open("w+b")
        self._mode = mode
        self._file.write(tag)
        self._info_at = len(tag)
        self.restart()

    def __enter__(self) -> Mp3Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def n_frames(self) -> int:
        """Number of frames in the file, without the Info frame."""
        return len(self._sizes)

    def restart(self) -> None:
        """Remove all frames."""
        self._sizes = array("H")
        self._crc = 0
        self._file.seek(self._info_at)
        self._file.truncate()
        self._file.write(bytes(info_frame_size(self._mode)))

    def append(self, path: Path, first: int, count: int | None) -> None:
        """Append frames ``[first, first + count)`` of a file; ``count`` None reads to its end."""
        for frames, sizes in read_frames(path, first, count):
            self._file.write(frames)
            self._sizes.extend(sizes)
            self._crc = crc16(frames, self._crc)

    def last_frames(self, count: int) -> bytes:
        """The bytes of the last ``count`` frames."""
        n_bytes = sum(self._sizes[len(self._sizes) - count :])
        end = self._file.tell()
        self._file.seek(end - n_bytes)
        return self._file.read(n_bytes)

    def finish(self, length: int) -> None:
        """Write the Info frame for a stream of ``length`` samples."""
        info = info_frame(self._mode, self._sizes, length=length, music_crc=self._crc)
        self._file.seek(self._info_at)
        self._file.write(info)
