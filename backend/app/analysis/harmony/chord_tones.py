"""Detect simultaneous tones: find the strongest, remove it from the spectrum, repeat.

After Klapuri (ISMIR 2006): a tone's strength is the weighted sum of the spectrum at its harmonics.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..framing import Framer, Frames
from ..mid_side import ANALYSIS_RATE, Signal
from ..spectral_peaks import Matrix, spectra

HOP = 1024
N_TONES = 3  # a triad; a fourth tone would mostly be an octave of the others
LOWEST_HZ, HIGHEST_HZ = 80.0, 1600.0

_WINDOW = 4096  # 186 ms: separates semitones from 180 Hz upwards
_PADDED = 8192
_STEP_CENTS = 10.0
_HARMONICS = 8
_FALL = 0.8  # weight of each harmonic relative to the previous one: avoids octave errors downwards
_WEIGHTS = np.asarray(_FALL ** np.arange(_HARMONICS), np.float32)
_LEAST = 0.35  # relative to the strongest tone; a weaker one is the remainder of a removed harmonic
_SILENT = 1e-3
_ROUND = 30  # steps: a tone is compared with the pitches within a minor third
CHORD_PROMINENCE = 2.0
"""Least strength of the strongest tone, in medians of the pitches round it, for a sound known to
have tones. Noise of any colour reaches 1.5; nine in ten frames of chords of plucked strings, pads
and voices exceed 2.0."""
DEFAULT_PROMINENCE = 3.0
"""Least strength of the strongest tone for an unknown sound. The ring of a snare's skin, which is
no note, reaches 2.6."""


class ChordAnalyser:
    """Analyses a stream: ``push`` the signal at ``ANALYSIS_RATE``, then ``finish`` once.

    ``prominent`` is the threshold of a tone: ``CHORD_PROMINENCE`` or ``DEFAULT_PROMINENCE``.
    """

    def __init__(self, prominent: float = CHORD_PROMINENCE) -> None:
        self._prominent = prominent
        self._framer = Framer(_WINDOW, HOP)
        self._found = [np.zeros((0, N_TONES), np.float32)]

    def push(self, signal: Signal) -> None:
        """Take the next samples, float32 ``(n,)``."""
        self._analyse(self._framer.push(signal))

    def finish(self) -> Matrix:
        """Return tones in cents over 1 Hz, float32 ``(n_frames, N_TONES)``; NaN for no tone."""
        self._analyse(self._framer.finish())
        return np.concatenate(self._found)

    def _analyse(self, batches: Iterable[Frames]) -> None:
        self._found.extend(_tones(frames, self._prominent) for frames in batches)


def _tones(frames: Frames, prominent: float) -> Matrix:
    level = np.sqrt(np.abs(spectra(frames, _PADDED)))
    cents, bins = _grid()
    rows = np.arange(len(level))
    tones = np.full((len(level), N_TONES), np.nan, np.float32)
    for number in range(N_TONES):
        strength = level[:, bins] @ _WEIGHTS
        best = strength.argmax(axis=1)
        top = strength[rows, best]
        if number == 0:
            first, clear = top, _stands_out(strength, best, prominent)
        else:
            clear = np.isfinite(tones[:, 0]) & (top > _LEAST * first)
        tones[:, number] = np.where(clear & (top > _SILENT), cents[best], np.nan)
        _damp(level, bins[best])
    return tones


def _stands_out(
    strength: Matrix, best: npt.NDArray[np.int64], prominent: float
) -> npt.NDArray[np.bool_]:
    """Whether there is a tone: compare the best pitch with those round it.

    The median of the whole spectrum would be stricter with chords, which fill it, than with noise
    at high frequencies.
    """
    near = np.clip(best[:, None] + np.arange(-_ROUND, _ROUND + 1), 0, strength.shape[1] - 1)
    beside = np.median(np.take_along_axis(strength, near, axis=1), axis=1)
    top = np.take_along_axis(strength, best[:, None], axis=1)[:, 0]
    return np.asarray(top > prominent * beside)


def _damp(level: Matrix, harmonics: npt.NDArray[np.int64]) -> None:
    """Remove a tone's harmonics from each spectrum, as wide as the window's main lobe."""
    rows = np.arange(len(level))[:, None]
    for offset in range(-4, 5):
        level[rows, np.clip(harmonics + offset, 0, level.shape[1] - 1)] *= 0.1


@lru_cache(maxsize=1)
def _grid() -> tuple[Matrix, npt.NDArray[np.int64]]:
    """Return the candidate pitches in cents, and the bins of their harmonics."""
    low, high = 1200.0 * np.log2([LOWEST_HZ, HIGHEST_HZ])
    cents = np.arange(low, high, _STEP_CENTS)
    hz = 2.0 ** (cents / 1200.0)
    bins = np.rint(hz[:, None] * np.arange(1, _HARMONICS + 1) * _PADDED / ANALYSIS_RATE)
    return cents.astype(np.float32), np.minimum(bins, _PADDED // 2).astype(np.int64)
