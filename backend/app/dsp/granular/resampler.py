"""Read a sound at any pitch, also a gliding one."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import soxr

from ..samples import CHANNELS, SAMPLE_RATE, Samples
from .performance import Floats

STEP_CENTS = 100
"""Sounds are resampled to multiples of this transposition; interpolation covers the rest, at most
half a step."""

_OVER = 2  # oversampling makes interpolation over four points flat within 0.1 dB up to 10 kHz
_PIECE = 4 * SAMPLE_RATE
"""Length of a piece of resampled sound, the longest note. Pieces overlap by as much."""
_EDGE = 256  # samples of sound around a piece, over which the resampler's filter rings
_GUARD = 4  # samples of silence around a piece, for reading past its ends
_CACHE_BYTES = 64 << 20


class Resampler:
    """Reads a sound, float32 ``(2, n)``, at other pitches. Not thread-safe.

    Sound is read along continuous paths, so it stays continuous at any pitch. Pieces are resampled
    on demand and cached, least recently used first out.
    """

    def __init__(self, sound: Samples) -> None:
        self._sound = sound
        self._pieces: OrderedDict[tuple[int, int], tuple[Samples, int]] = OrderedDict()
        self._bytes = 0

    def read(self, places: Floats) -> Samples:
        """Read the sound at positions in samples that ascend nearly evenly, float32 ``(2, n)``.

        Past the ends of the sound it is silent. Reads at most four seconds.
        """
        speed = (places[-1] - places[0]) / max(len(places) - 1, 1)
        if speed == 1.0 and not places[0] % 1.0:
            return self._unchanged(int(places[0]), len(places))
        cents = STEP_CENTS * round(1200.0 * np.log2(max(speed, 1e-3)) / STEP_CENTS)
        ratio = ratio_of(cents)
        piece, first = self._piece(int(places[0] // (_PIECE * ratio)), cents)
        at = (places - first) * (_OVER / ratio) + _GUARD
        return _between(piece, np.clip(at, 1.0, piece.shape[1] - 3.0))

    def _unchanged(self, start: int, n: int) -> Samples:
        block = np.zeros((CHANNELS, n), np.float32)
        first, last = max(start, 0), min(start + n, self._sound.shape[1])
        if first < last:
            block[:, first - start : last - start] = self._sound[:, first:last]
        return block

    def _piece(self, index: int, cents: int) -> tuple[Samples, int]:
        """Return a resampled piece, and the sample of the sound that it begins with."""
        found = self._pieces.get((index, cents))
        if found is None:
            found = self._resample(index, ratio_of(cents))
            self._pieces[index, cents] = found
            self._bytes += found[0].nbytes
            while self._bytes > _CACHE_BYTES and len(self._pieces) > 1:
                self._bytes -= self._pieces.popitem(last=False)[1][0].nbytes
        self._pieces.move_to_end((index, cents))
        return found

    def _resample(self, index: int, ratio: float) -> tuple[Samples, int]:
        first = max(int(index * _PIECE * ratio) - _EDGE, 0)
        last = min(int((index + 2.1) * _PIECE * ratio) + _EDGE, self._sound.shape[1])
        part = np.ascontiguousarray(self._sound[:, first : max(last, first)].T)
        resampled = soxr.resample(part, SAMPLE_RATE * ratio, _OVER * SAMPLE_RATE, quality="HQ")
        return np.ascontiguousarray(np.pad(resampled.T, ((0, 0), (_GUARD, _GUARD)))), first


def ratio_of(cents: float) -> float:
    """Return the speed that raises a sound by ``cents``."""
    return float(2.0 ** (cents / 1200.0))


def _between(sound: Samples, at: Floats) -> Samples:
    """Interpolate between samples by a cubic through four of them (Catmull and Rom)."""
    index = at.astype(np.int64)
    x = (at - index).astype(np.float32)
    before, here, after, beyond = (sound[:, index + aside] for aside in (-1, 0, 1, 2))
    bend = 2.0 * before - 5.0 * here + 4.0 * after - beyond
    twist = 3.0 * (here - after) + beyond - before
    return np.asarray(here + 0.5 * x * (after - before + x * (bend + x * twist)))


def silent(n: int) -> Samples:
    """Return ``n`` samples of silence."""
    return np.zeros((CHANNELS, n), np.float32)
