"""Which tones sound together, moment by moment: the strongest, taken out, and the next ones.

After Klapuri (ISMIR 2006): a tone's strength is the weighted sum of the spectrum at its harmonics;
the strongest is told, its harmonics are damped, and what is left is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from .framing import Framer, Frames
from .mono import EAR_RATE, Signal

Matrix = npt.NDArray[np.float32]

HOP = 1024
N_TONES = 3
"""A triad; what a fourth tone would add is mostly an octave of the others."""
LOWEST_HZ, HIGHEST_HZ = 80.0, 1600.0

_WINDOW = 4096  # 186 ms: parts semitones from 180 Hz up
_PADDED = 8192
_STEP_CENTS = 10.0
_HARMONICS = 8
_FALL = 0.8  # each harmonic counts for a fifth less: no octave below then passes for the tone
_LEAST = 0.35  # of the strongest tone; what is weaker is a harmonic that was not quite taken out
_SILENT = 1e-3
_ROUND = 30  # steps: a tone stands out from what is within a minor third of it
IN_CHORDS = 2.0
"""How far the strongest tone stands out, in medians of the pitches round it, where tones are known
to be played. Noise, of whatever colour, reaches 1.5; of chords of plucked strings, pads and voices
nine frames in ten are over this."""
IN_ANYTHING = 3.0
"""And where it is not known: the ring of a snare's skin, which is no note, reaches 2.6."""


class ChordEar:
    """Listens to a stream: ``push`` the signal at ``EAR_RATE`` in order, then ``finish`` once.

    ``prominent`` is what makes a tone: ``IN_CHORDS`` or ``IN_ANYTHING``.
    """

    def __init__(self, prominent: float = IN_CHORDS) -> None:
        self._prominent = prominent
        self._framer = Framer(_WINDOW, HOP)
        self._kept: list[Matrix] = []

    def push(self, signal: Signal) -> None:
        """Take the next samples, float32 ``(n,)``."""
        self._hear(self._framer.push(signal))

    def finish(self) -> Matrix:
        """Tones in cents over 1 Hz, float32 ``(n_frames, N_TONES)``, NaN where there are fewer."""
        self._hear(self._framer.finish())
        return np.concatenate([np.zeros((0, N_TONES), np.float32), *self._kept])

    def _hear(self, batches: Iterable[Frames]) -> None:
        self._kept.extend(_tones(frames, self._prominent) for frames in batches)


def _tones(frames: Frames, prominent: float) -> Matrix:
    spectra = np.abs(fft.rfft(frames * np.hanning(_WINDOW).astype(np.float32), _PADDED, axis=1))
    level = np.sqrt(np.maximum(spectra, 0.0))
    cents, bins = _grid()
    rows = np.arange(len(level))
    told = np.full((len(level), N_TONES), np.nan, np.float32)
    first = np.zeros(len(level))
    for number in range(N_TONES):
        strength = level[:, bins] @ _weights()
        best = strength.argmax(axis=1)
        top = strength[rows, best]
        first = top if number == 0 else first
        clear = (
            _stands_out(strength, best, prominent)
            if number == 0
            else (np.isfinite(told[:, 0]) & (top > _LEAST * first))
        )
        told[:, number] = np.where(clear & (top > _SILENT), cents[best], np.nan)
        _damp(level, bins[best])
    return told


def _stands_out(
    strength: Matrix, best: npt.NDArray[np.int64], prominent: float
) -> npt.NDArray[np.bool_]:
    """Whether there is a tone at all, by the pitches round the best: the whole spectrum's median
    would ask more of chords, which are everywhere in it, than of a noise that is only high."""
    near = np.clip(best[:, None] + np.arange(-_ROUND, _ROUND + 1), 0, strength.shape[1] - 1)
    beside = np.median(np.take_along_axis(strength, near, axis=1), axis=1)
    top = np.take_along_axis(strength, best[:, None], axis=1)[:, 0]
    return np.asarray(top > prominent * beside)


def _damp(level: Matrix, harmonics: npt.NDArray[np.int64]) -> None:
    """Take a tone's harmonics out of each spectrum, as wide as the window's main lobe."""
    rows = np.arange(len(level))[:, None]
    for aside in range(-4, 5):
        level[rows, np.clip(harmonics + aside, 0, level.shape[1] - 1)] *= 0.1


@lru_cache(maxsize=1)
def _grid() -> tuple[Matrix, npt.NDArray[np.int64]]:
    """The pitches asked for, in cents, and the bins of their harmonics."""
    low, high = 1200.0 * np.log2([LOWEST_HZ, HIGHEST_HZ])
    cents = np.arange(low, high, _STEP_CENTS)
    hz = 2.0 ** (cents / 1200.0)
    bins = np.rint(hz[:, None] * np.arange(1, _HARMONICS + 1) * _PADDED / EAR_RATE)
    return cents.astype(np.float32), np.minimum(bins, _PADDED // 2).astype(np.int64)


@lru_cache(maxsize=1)
def _weights() -> Matrix:
    return np.asarray(_FALL ** np.arange(_HARMONICS), np.float32)
