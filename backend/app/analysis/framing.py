"""Cut a stream into overlapping frames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .mid_side import MidSideBlock

Frames = npt.NDArray[np.float32]


class Framer:
    """Cuts a stream into windows of ``size`` samples, ``hop`` apart.

    Frame ``k`` is centred on sample ``k * hop``; silence is assumed before and after the stream.
    ``batch`` frames are returned together: enough for vectorised work, few enough to save memory.
    """

    def __init__(self, size: int, hop: int, *, batch: int = 128) -> None:
        self._size, self._hop, self._batch = size, hop, batch
        self._rest = np.zeros(size // 2, np.float32)

    def push(self, samples: Frames) -> Iterator[Frames]:
        """Yield the complete frames, float32 ``(up to batch, size)``, read-only."""
        joined = np.concatenate([self._rest, samples])
        n_frames = max(0, (len(joined) - self._size) // self._hop + 1)
        self._rest = joined[n_frames * self._hop :]
        if n_frames:
            frames = np.lib.stride_tricks.sliding_window_view(joined, self._size)[:: self._hop]
            for start in range(0, n_frames, self._batch):
                yield frames[start : start + self._batch]

    def finish(self) -> Iterator[Frames]:
        """Yield the frames whose windows reach past the end."""
        yield from self.push(np.zeros(self._size // 2, np.float32))


class MidSideAnalyser(ABC):
    """Analyses mid and side of a stream in pairs of frames, cut as by :class:`Framer`."""

    def __init__(self, size: int, hop: int) -> None:
        self._mid, self._side = Framer(size, hop), Framer(size, hop)
        self._after_end = np.zeros(size // 2, np.float32)

    def push(self, block: MidSideBlock) -> None:
        """Take the next block, of any size."""
        for mid, side in zip(self._mid.push(block.mid), self._side.push(block.side), strict=True):
            self._analyse(mid, side)

    def _flush(self) -> None:
        """Analyse the frames whose windows reach past the end."""
        self.push(MidSideBlock(self._after_end, self._after_end))

    @abstractmethod
    def _analyse(self, mid: Frames, side: Frames) -> None:
        """Analyse frames of mid and side, float32 ``(up to batch, size)`` each."""
