"""Loops: the last bars of a track, played again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..dsp.samples import SAMPLE_RATE

Positions = npt.NDArray[np.float64]

SEAM = round(0.008 * SAMPLE_RATE)
"""Each pass ends in a crossfade of 8 ms to the samples before the loop: no click, and no second
attack."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Samples ``[start, start + length)`` of a track, played ``times`` more times, then onwards.

    Positions in the track with its loop *written out* count the repeats as part of the track.
    """

    start: int
    length: int
    times: int

    @property
    def end(self) -> int:
        """The first sample of the track after the loop."""
        return self.start + self.length

    @property
    def added(self) -> int:
        """How many samples longer the track is with its loop written out."""
        return self.length * self.times

    def written_out(self, positions: Positions) -> Positions:
        """Map samples of the track to the track with its loop written out, ascending.

        Those in the loop are there once for each pass.
        """
        before, after = positions[positions < self.end], positions[positions >= self.end]
        inside = before[before >= self.start]
        again = [inside + number * self.length for number in range(1, self.times + 1)]
        return np.sort(np.concatenate([before, *again, after + self.added]))

    def sources_at(self, written_out: Positions) -> Positions:
        """Map positions in the track with its loop written out to samples of the track."""
        passes = np.clip((written_out - self.start) // self.length, 0, self.times)
        return written_out - passes * self.length
