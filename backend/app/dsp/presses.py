"""A sound at any pitch, gliding where it has to: read along a path of places in it."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import soxr

from .performance import Floats
from .samples import CHANNELS, SAMPLE_RATE, Samples

STEP_CENTS = 100
"""Sounds are resampled to these pitches and kept; what is left, within half of it either way, is
done by interpolation while they are read."""

_OVER = 2  # times the rate: interpolation over four points is then flat within 0.1 dB to 10 kHz
_PIECE = 4 * SAMPLE_RATE
"""Of the resampled sound: as much as a note may last. Each piece holds as much again."""
_EDGE = 256  # samples of a sound that the resampler's filter is let ring over
_GUARD = 4  # samples of silence round a piece, for what is read past its ends
_KEPT_BYTES = 64 << 20


class Presses:
    """Reads a sound, float32 ``(2, n)``, at other pitches. One thread uses it at a time.

    Everything is read along continuous paths, so what follows on in the sound follows on in what is
    read, at whatever pitch. Pieces are resampled when they are wanted, and the last ones are kept.
    """

    def __init__(self, sound: Samples) -> None:
        self._sound = sound
        self._pieces: OrderedDict[tuple[int, int], tuple[Samples, int]] = OrderedDict()
        self._bytes = 0

    def read(self, places: Floats) -> Samples:
        """The sound at places of it, in samples, ascending evenly or nearly so; float32 ``(2, n)``.

        Past the ends of the sound there is silence. A path of four seconds and less is read.
        """
        speed = (places[-1] - places[0]) / max(len(places) - 1, 1)
        if speed == 1.0 and not places[0] % 1.0:
            return self._as_it_is(int(places[0]), len(places))
        cents = STEP_CENTS * round(1200.0 * np.log2(max(speed, 1e-3)) / STEP_CENTS)
        ratio = ratio_of(cents)
        piece, first = self._piece(int(places[0] // (_PIECE * ratio)), cents)
        at = (places - first) * (_OVER / ratio) + _GUARD
        return _between(piece, np.clip(at, 1.0, piece.shape[1] - 3.0))

    def _as_it_is(self, start: int, n: int) -> Samples:
        block = np.zeros((CHANNELS, n), np.float32)
        first, last = max(start, 0), min(start + n, self._sound.shape[1])
        if first < last:
            block[:, first - start : last - start] = self._sound[:, first:last]
        return block

    def _piece(self, index: int, cents: int) -> tuple[Samples, int]:
        """A resampled piece, and the sample of the sound that it begins with."""
        found = self._pieces.get((index, cents))
        if found is None:
            found = self._press(index, ratio_of(cents))
            self._pieces[index, cents] = found
            self._bytes += found[0].nbytes
            while self._bytes > _KEPT_BYTES and len(self._pieces) > 1:
                self._bytes -= self._pieces.popitem(last=False)[1][0].nbytes
        self._pieces.move_to_end((index, cents))
        return found

    def _press(self, index: int, ratio: float) -> tuple[Samples, int]:
        first = max(int(index * _PIECE * ratio) - _EDGE, 0)
        last = min(int((index + 2.1) * _PIECE * ratio) + _EDGE, self._sound.shape[1])
        part = np.ascontiguousarray(self._sound[:, first : max(last, first)].T)
        pressed = soxr.resample(part, SAMPLE_RATE * ratio, _OVER * SAMPLE_RATE, quality="HQ")
        return np.ascontiguousarray(np.pad(pressed.T, ((0, 0), (_GUARD, _GUARD)))), first


def ratio_of(cents: float) -> float:
    """How much faster a sound runs to be ``cents`` higher."""
    return float(2.0 ** (cents / 1200.0))


def _between(sound: Samples, at: Floats) -> Samples:
    """A sound between its samples, by the cubic through four of them (Catmull and Rom)."""
    index = at.astype(np.int64)
    x = (at - index).astype(np.float32)
    before, here, after, beyond = (sound[:, index + aside] for aside in (-1, 0, 1, 2))
    bend = 2.0 * before - 5.0 * here + 4.0 * after - beyond
    twist = 3.0 * (here - after) + beyond - before
    block: Samples = here + 0.5 * x * (after - before + x * (bend + x * twist))
    return block


def silent(n: int) -> Samples:
    """``n`` samples of nothing."""
    return np.zeros((CHANNELS, n), np.float32)
