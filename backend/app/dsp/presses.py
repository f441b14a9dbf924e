"""A sound at any pitch: resampled a piece at a time, at quantised ratios, and kept for a while."""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np
import soxr

from .samples import CHANNELS, SAMPLE_RATE, Samples

STEP_CENTS = 10
"""Pitches are rounded to this: 5 cents off is where trained ears begin to hear it in held tones."""

_PIECE = round(1.5 * SAMPLE_RATE)  # of the resampled sound; a grain more is read past it
_EDGE = 256  # samples that the resampler's filter is let ring over at a piece's ends
_KEPT_BYTES = 96 << 20


class Presses:
    """Reads stretches of a sound at other pitches. One thread uses it at a time.

    A piece is resampled once for each ratio and then cut from, sample by sample: grains that follow
    each other in the sound are one sound again where they overlap.

    Parameters
    ----------
    sound : float32, shape (2, n)
    reach : the longest stretch that is read at once, in samples
    """

    def __init__(self, sound: Samples, reach: int) -> None:
        self._sound = sound
        self._reach = reach
        self._pieces: OrderedDict[tuple[int, int], tuple[Samples, int]] = OrderedDict()
        self._bytes = 0

    def read(self, source: float, cents: int, n: int) -> Samples:
        """``n`` samples from ``source`` of the sound on, ``cents`` higher; float32 ``(2, n)``.

        Past the ends of the sound there is silence. The result is not to be written to.
        """
        ratio = ratio_of(cents)
        index = math.floor(source / ratio / _PIECE)
        piece, first = self._piece(index, cents, ratio)
        at = round((source - first) / ratio)
        return piece[:, at : at + n]

    def _piece(self, index: int, cents: int, ratio: float) -> tuple[Samples, int]:
        """A resampled piece, and the sample of the sound that it begins with."""
        found = self._pieces.get((index, cents))
        if found is None:
            found = self._press(index, ratio)
            self._pieces[index, cents] = found
            self._bytes += found[0].nbytes
            while self._bytes > _KEPT_BYTES and len(self._pieces) > 1:
                self._bytes -= self._pieces.popitem(last=False)[1][0].nbytes
        self._pieces.move_to_end((index, cents))
        return found

    def _press(self, index: int, ratio: float) -> tuple[Samples, int]:
        first = math.floor(index * _PIECE * ratio) - _EDGE
        last = math.ceil(((index + 1) * _PIECE + self._reach) * ratio) + 2 * _EDGE
        inside = self._sound[:, max(first, 0) : max(last, 0)]
        missing = last - first - max(-first, 0) - inside.shape[1]
        part = np.pad(inside, ((0, 0), (max(-first, 0), max(missing, 0))))
        if ratio == 1.0:
            return part, first
        pressed = soxr.resample(
            np.ascontiguousarray(part.T), SAMPLE_RATE * ratio, SAMPLE_RATE, quality="HQ"
        )
        return np.ascontiguousarray(pressed.T), first


def ratio_of(cents: int) -> float:
    """How much faster a sound runs to be ``cents`` higher."""
    return float(2.0 ** (cents / 1200.0))


def quantised(cents: float) -> int:
    """The nearest pitch that sounds are resampled to."""
    return STEP_CENTS * round(cents / STEP_CENTS)


def silent(n: int) -> Samples:
    """``n`` samples of nothing."""
    return np.zeros((CHANNELS, n), np.float32)
