"""A finished MP3 as a store of frames: what sounds the same in a later mix is not encoded again.

A frame depends on the sound round it and on where it lies, for padding follows the frame's number.
So where two mixes sound alike at the same samples, the frames of one are those of the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from .mp3_frames import FrameIndex

_BLOCK_BYTES = 1 << 20


@dataclass(slots=True)
class EarlierMp3:
    """An earlier mix's file, opened, and its timeline's hashes; any thread may copy from it.

    Attributes
    ----------
    path : one of our own MP3 files, of the mode and from the encoder that the later mix has
    length : of the earlier mix, in samples
    key_of : hashes all that sounds in a stretch of the earlier mix

    Raises
    ------
    ToolFailed
        If the file is none of ours.
    OSError
        If it cannot be read.
    """

    path: Path
    length: int
    key_of: Callable[[int, int], str]
    _index: FrameIndex = field(init=False)
    _file: BinaryIO = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        # Opened once: whoever deletes the earlier mix meanwhile does not take it from under us.
        with ExitStack() as stack:
            self._file = stack.enter_context(self.path.open("rb"))
            self._index = FrameIndex.of(self.path)
            stack.pop_all()

    def __enter__(self) -> EarlierMp3:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def sounds_like(
        self, key_of: Callable[[int, int], str], start: int, end: int, *, at_the_end: bool
    ) -> bool:
        """Whether a mix with these hashes has the same sound in ``[start, end)``.

        ``at_the_end`` says that the mix ends there; then the earlier one has to end there, too.
        """
        if end > self.length or (at_the_end and end != self.length):
            return False
        return key_of(start, end) == self.key_of(start, end)

    def copy(self, first: int, count: int | None, out: Path) -> None:
        """Write frames ``[first, first + count)`` to ``out``, which appears when it is whole.

        ``count`` None copies to the end.
        """
        last = self._index.n_frames if count is None else first + count
        at, end = int(self._index.offsets[first]), int(self._index.offsets[last])
        part = out.with_name(out.name + ".part")
        try:
            with part.open("wb") as file:
                while at < end:
                    at += file.write(self._read(at, min(_BLOCK_BYTES, end - at)))
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)

    def _read(self, at: int, n_bytes: int) -> bytes:
        with self._lock:
            self._file.seek(at)
            return self._file.read(n_bytes)
