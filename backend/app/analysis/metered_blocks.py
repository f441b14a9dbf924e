"""Count and measure blocks of sound while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..dsp.samples import Samples, seconds


class MeteredBlocks:
    """Blocks of a stream that are counted and measured as they are read.

    Parameters
    ----------
    blocks : float32 ``(2, n)`` each, in order
    measure : called with each block before it is passed on
    progress : called after each block with the seconds read so far; may raise, to stop
    """

    def __init__(
        self,
        blocks: Iterable[Samples],
        measure: Callable[[Samples], None] | None,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        self._blocks, self._measure, self._progress = blocks, measure, progress
        self.n_samples = 0

    def __iter__(self) -> Iterator[Samples]:
        for block in self._blocks:
            if self._measure is not None:
                self._measure(block)
            yield block
            self.n_samples += block.shape[1]
            if self._progress is not None:
                self._progress(self.duration_s)

    @property
    def duration_s(self) -> float:
        """Length of the blocks read so far."""
        return seconds(self.n_samples)
