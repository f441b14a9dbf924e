"""Cutting a stream into overlapping frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.float32]

BATCH = 128
"""Frames handed on at once: enough to work in bulk, few enough to stay small in memory."""


class Framer:
    """Cuts a stream into windows of ``size`` samples, ``hop`` apart.

    Frame ``k`` is centred on sample ``k * hop``: the stream is taken to begin and end in silence.
    """

    def __init__(self, size: int, hop: int) -> None:
        self._size, self._hop = size, hop
        self._rest = np.zeros(size // 2, np.float32)

    def push(self, samples: Frames) -> Iterator[Frames]:
        """The frames that are whole by now: float32 ``(up to BATCH, size)``, to be read only."""
        joined = np.concatenate([self._rest, samples])
        n_frames = max(0, (len(joined) - self._size) // self._hop + 1)
        self._rest = joined[n_frames * self._hop :]
        if n_frames:
            frames = np.lib.stride_tricks.sliding_window_view(joined, self._size)[:: self._hop]
            for start in range(0, n_frames, BATCH):
                yield frames[start : start + BATCH]

    def finish(self) -> Iterator[Frames]:
        """The frames whose windows reach past the end."""
        yield from self.push(np.zeros(self._size // 2, np.float32))
