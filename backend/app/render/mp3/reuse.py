"""Copy frames from the base mix's MP3 where the new mix has the same sound.

A frame depends on the sound round it, and on its number, which decides its padding. So mixes with
the same sound at the same samples have the same frames there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from ...store.files.atomic_write import atomic_write
from .frames import FrameIndex

_BLOCK_BYTES = 1 << 20


class BaseMp3:
    """The base mix's MP3, opened, with hashes of its sound; any thread may copy from it.

    Parameters
    ----------
    path : a file of this encoder, in the mode that the new mix has
    length : of the base mix, in samples
    sound_hash : hashes all that sounds in a stretch of the base mix

    Raises
    ------
    ToolFailed
        If the file has no Info frame or other data than our frames.
    OSError
        If it cannot be read.
    """

    def __init__(self, path: Path, length: int, sound_hash: Callable[[int, int], str]) -> None:
        self._length, self._sound_hash = length, sound_hash
        self._index = FrameIndex.of(path)
        self._lock = threading.Lock()
        self._file = path.open("rb")  # opened once, so that the base mix may be deleted meanwhile

    def __enter__(self) -> BaseMp3:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def sounds_like(
        self, sound_hash: Callable[[int, int], str], start: int, end: int, *, at_the_end: bool
    ) -> bool:
        """Whether another mix has the same sound in ``[start, end)``.

        ``sound_hash`` is that of the other mix. With ``at_the_end`` that mix ends there, so the
        base mix must end there, too.
        """
        if end > self._length or (at_the_end and end != self._length):
            return False
        return sound_hash(start, end) == self._sound_hash(start, end)

    def copy(self, first: int, count: int | None, out: Path) -> None:
        """Write frames ``[first, first + count)`` to ``out``; ``count`` None copies to the end."""
        last = self._index.n_frames if count is None else first + count
        at, end = int(self._index.offsets[first]), int(self._index.offsets[last])
        with atomic_write(out) as part, part.open("wb") as file:
            while at < end:
                at += file.write(self._read(at, min(_BLOCK_BYTES, end - at)))

    def _read(self, at: int, n_bytes: int) -> bytes:
        with self._lock:
            self._file.seek(at)
            return self._file.read(n_bytes)
