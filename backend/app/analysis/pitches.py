"""Which pitches sound, moment by moment: what a key is told from."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from .framing import Framer
from .mono import EAR_RATE, EarBlock

Matrix = npt.NDArray[np.float32]

WINDOW = 8192  # 0.37 s: parts semitones from 45 Hz up
HOP = 4096
PITCH_RATE = EAR_RATE / HOP
"""5.4 moments a second: a chord lasts some of them, a drum hit one."""
STEPS = 60
"""Steps of 20 cents to the octave, from C up: fine enough to find a track's tuning afterwards."""
LOWEST_HZ, HIGHEST_HZ = 45.0, 1400.0
BASS_BELOW_MIDI, TREBLE_FROM_MIDI = 52, 48
"""Bass is what lies under E3, chords what lies over C3; between them a note counts for both."""
PROMINENCE = 2.0  # a peak this far over its surroundings is a tone; noise seldom comes so far
SURROUNDINGS_BINS = 20  # 54 Hz to either side


class PitchEar:
    """Collects the strengths of the tonal peaks, folded into one octave.

    The strength of a peak is the square root of its magnitude: between counting each peak once,
    and letting the loudest one decide.
    """

    def __init__(self) -> None:
        self._mid, self._side = Framer(WINDOW, HOP), Framer(WINDOW, HOP)
        self._bass: list[Matrix] = []
        self._treble: list[Matrix] = []

    def push(self, block: EarBlock) -> None:
        """Take the next block."""
        for mid, side in zip(self._mid.push(block.mid), self._side.push(block.side), strict=True):
            self._hear(mid, side)

    def finish(self) -> tuple[Matrix, Matrix]:
        """Bass and treble, float32 ``(n_moments, STEPS)`` each."""
        for mid, side in zip(self._mid.finish(), self._side.finish(), strict=True):
            self._hear(mid, side)
        none = np.zeros((0, STEPS), np.float32)
        return np.concatenate([none, *self._bass]), np.concatenate([none, *self._treble])

    def _hear(self, mid: Matrix, side: Matrix) -> None:
        # The powers of mid and side add up to those of left and right: what is wide, and cancels
        # in a mono sum, counts in full.
        magnitude = np.hypot(_spectrum(mid), _spectrum(side))
        moment, midi, strength = _tonal_peaks(magnitude)
        for kept, belongs in (
            (self._bass, midi < BASS_BELOW_MIDI),
            (self._treble, midi >= TREBLE_FROM_MIDI),
        ):
            shape = (len(mid), STEPS)
            kept.append(_folded(moment[belongs], midi[belongs], strength[belongs], shape))


def _spectrum(frames: Matrix) -> Matrix:
    spectrum = fft.rfft(frames * _window(), axis=1)[:, : _top_bin() + 2]
    return np.asarray(np.abs(spectrum))


@lru_cache(maxsize=1)
def _window() -> Matrix:
    return np.hanning(WINDOW).astype(np.float32)


def _top_bin() -> int:
    return int(HIGHEST_HZ * WINDOW / EAR_RATE)


def _tonal_peaks(
    magnitude: Matrix,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], Matrix]:
    """Row, MIDI number (with its fraction) and strength of the peaks that stand out."""
    bottom = round(LOWEST_HZ * WINDOW / EAR_RATE)
    middle = magnitude[:, bottom:-1]
    stands_out = (
        (middle > magnitude[:, bottom - 1 : -2])
        & (middle >= magnitude[:, bottom + 1 :])
        & (middle > PROMINENCE * _surroundings(magnitude)[:, bottom:-1])
    )
    row, column = np.nonzero(stands_out)
    column += bottom
    left, top, right = (np.log(magnitude[row, column + d] + 1e-9) for d in (-1, 0, 1))
    # A parabola through three points of the log spectrum finds the top to a hundredth of a bin.
    bins = column + 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-6)
    midi = 69.0 + 12.0 * np.log2(bins * (EAR_RATE / WINDOW / 440.0))
    return row, midi, np.sqrt(magnitude[row, column])


def _surroundings(magnitude: Matrix) -> Matrix:
    """The mean magnitude within :data:`SURROUNDINGS_BINS` of each bin."""
    total = np.cumsum(magnitude, axis=1, dtype=np.float64)
    total = np.concatenate([np.zeros((len(total), 1)), total], axis=1)
    bins = np.arange(magnitude.shape[1])
    upper = np.minimum(bins + SURROUNDINGS_BINS + 1, magnitude.shape[1])
    lower = np.maximum(bins - SURROUNDINGS_BINS, 0)
    return np.asarray((total[:, upper] - total[:, lower]) / (upper - lower), np.float32)


def _folded(
    moment: npt.NDArray[np.intp],
    midi: npt.NDArray[np.float64],
    strength: Matrix,
    shape: tuple[int, int],
) -> Matrix:
    step = np.rint(midi * (STEPS / 12)).astype(np.intp) % STEPS
    cell = moment * STEPS + step
    total = np.bincount(cell, weights=strength, minlength=shape[0] * shape[1])
    return total.reshape(shape).astype(np.float32)
