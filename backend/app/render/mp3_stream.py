"""The MP3 file as it grows: tags in front, place for the Info frame, frames, frames, frames."""

from __future__ import annotations

from array import array
from pathlib import Path
from types import TracebackType

from .crc16 import crc16
from .mp3_frames import read_frames
from .mp3_info import Mp3Mode, info_frame, info_frame_size


class Mp3Stream:
    """Appends frames from files; memory holds two bytes a frame and one block of copying."""

    def __init__(self, path: Path, mode: Mp3Mode, tag: bytes) -> None:
        self._file = path.open("w+b")
        self._mode = mode
        self._file.write(tag)
        self._info_at = len(tag)
        self.restart()

    def __enter__(self) -> Mp3Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def n_frames(self) -> int:
        """How many frames stand in the file, besides the Info frame."""
        return len(self._sizes)

    def restart(self) -> None:
        """Forget all frames."""
        self._sizes = array("H")
        self._crc = 0
        self._file.seek(self._info_at)
        self._file.truncate()
        self._file.write(bytes(info_frame_size(self._mode)))

    def append(self, path: Path, first: int, count: int | None) -> None:
        """Copy frames ``[first, first + count)`` of a file of frames to the end of this one."""
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
        """Write the Info frame of a stream that holds ``length`` samples."""
        info = info_frame(self._mode, self._sizes, length=length, music_crc=self._crc)
        self._file.seek(self._info_at)
        self._file.write(info)
