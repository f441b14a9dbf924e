"""What stands in the middle of the stereo picture, and how it moves: what voices are told from.

Voices are mixed to the centre, and so are kick, snare and bass; but a voice is made of tones, has
them where its formants are, and never holds one quite still: its partials glide and tremble
together, where a key or a string sounds one pitch and then the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from .framing import Framer
from .mono import EAR_RATE, EarBlock

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

WINDOW = 2048  # 93 ms: parts the partials of a voice, and still follows a vibrato of 6 Hz
HOP = 1024
CENTRE_RATE = EAR_RATE / HOP
"""21.5 frames a second."""
VOICE_HZ = (200.0, 4200.0)
HIGH_HZ = 1000.0  # above lie the formants that tell vowels apart, and little of a bass
FORMANT_EDGES_HZ = (200.0, 700.0, 1400.0, 2800.0, 4200.0)
BAND_EDGES_HZ = (30.0, 80.0, 150.0, 300.0, 600.0, 1200.0, 2400.0, 4200.0, 7000.0, 10900.0)
"""An octave or a little less each: kick, bass, three of bodies, presence, snares, cymbals, air."""
N_BANDS = len(BAND_EDGES_HZ) - 1
WIDE_FROM_HZ = 300.0
PROMINENCE = 1.6  # over the mean of its surroundings; a partial that trembles is blurred by it
SURROUNDINGS_BINS = 9  # 97 Hz to either side
CENTRED = (0.8, 0.95)
"""Mid's share of the power of a tone: up to the first it is not in the centre, from the second it
is. 0.95 lets a room stand around a voice."""
FARTHEST_CENTS = 90.0  # from frame to frame; further off it is another note
WIDEST_CENTS = 60.0
STILL = 1e-2
"""Magnitude under which nothing is a tone: a sine at -94 dBFS reads as much."""


@dataclass(frozen=True, slots=True)
class Centre:
    """Sums over each frame, float32 ``(n_frames, ...)``.

    Attributes
    ----------
    tones : strength (root of magnitude) of all tonal peaks between 200 and 4200 Hz
    centred, high : of those in the centre; of these, those above 1 kHz
    followed, moved, glided : of the centred ones, those that go on from the frame before; the same
        times the cents they moved; times the cents that they moved together
    power : of all that sounds between 200 and 4200 Hz
    formants : power of the centred tones in four bands, ``(n_frames, 4)``
    bands : power of all that sounds in each band, ``(n_frames, N_BANDS)``
    wide : power of what stands beside the centre, over 300 Hz
    """

    tones: Matrix
    centred: Matrix
    high: Matrix
    followed: Matrix
    moved: Matrix
    glided: Matrix
    power: Matrix
    formants: Matrix
    bands: Matrix
    wide: Matrix


@dataclass(frozen=True, slots=True)
class _Peaks:
    """Tonal peaks, row by row and rising: row, bin (with its fraction), magnitude, centredness."""

    row: npt.NDArray[np.intp]
    bins: Floats
    magnitude: Matrix
    centred: Matrix


class CentreEar:
    """Listens to a stream: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        self._mid, self._side = Framer(WINDOW, HOP), Framer(WINDOW, HOP)
        self._last = np.zeros(0)  # the bins of the last frame's peaks
        self._kept: list[Matrix] = []

    def push(self, block: EarBlock) -> None:
        """Take the next block."""
        for mid, side in zip(self._mid.push(block.mid), self._side.push(block.side), strict=True):
            self._hear(mid, side)

    def finish(self) -> Centre:
        """What was heard in all that was pushed."""
        for mid, side in zip(self._mid.finish(), self._side.finish(), strict=True):
            self._hear(mid, side)
        kept = np.concatenate([np.zeros((0, 12 + N_BANDS), np.float32), *self._kept])
        tones, centred, high, followed, moved, glided, power = kept[:, :7].T
        return Centre(
            tones,
            centred,
            high,
            followed,
            moved,
            glided,
            power,
            formants=kept[:, 7:11],
            bands=kept[:, 11:-1],
            wide=kept[:, -1],
        )

    def _hear(self, mid: Matrix, side: Matrix) -> None:
        mid_power, side_power = _powers(mid), _powers(side)
        peaks = _peaks(mid_power[:, : _bin(VOICE_HZ[1])], side_power)
        cents = self._cents_since_last(peaks, len(mid))
        both = mid_power + side_power
        power = both[:, _bin(VOICE_HZ[0]) : _bin(VOICE_HZ[1])].sum(axis=1)
        sums = _sums(peaks, cents, len(mid))
        audible = both[:, : _bin(BAND_EDGES_HZ[-1])]
        bands = np.add.reduceat(audible, [_bin(hz) for hz in BAND_EDGES_HZ[:-1]], axis=1)
        wide = side_power[:, _bin(WIDE_FROM_HZ) :].sum(axis=1)
        columns = np.column_stack([*sums[:6], power, *sums[6:], bands, wide])
        self._kept.append(columns.astype(np.float32))

    def _cents_since_last(self, peaks: _Peaks, n_rows: int) -> Floats:
        """How far each peak has come from the nearest one a frame before; nan where none is near.

        Rows lie far apart on one axis, so that one search finds all neighbours.
        """
        far = 2.0 * WINDOW
        before = np.concatenate([self._last, peaks.bins + (peaks.row + 1) * far])
        wanted = peaks.bins + peaks.row * far
        self._last = peaks.bins[peaks.row == n_rows - 1]
        if len(before) < 2:
            return np.full(len(wanted), np.nan)
        right = np.clip(np.searchsorted(before, wanted), 1, len(before) - 1)
        nearer_left = wanted - before[right - 1] < before[right] - wanted
        origin = before[np.where(nearer_left, right - 1, right)] - peaks.row * far
        within = np.abs(origin - peaks.bins) < 0.1 * peaks.bins
        cents = 1200.0 * np.log2(peaks.bins / np.where(within, origin, peaks.bins))
        return np.where(within & (np.abs(cents) < FARTHEST_CENTS), cents, np.nan)


def _powers(frames: Matrix) -> Matrix:
    spectrum = fft.rfft(frames * _window(), axis=1)
    return np.asarray(np.square(spectrum.real) + np.square(spectrum.imag))


@lru_cache(maxsize=1)
def _window() -> Matrix:
    return np.hanning(WINDOW).astype(np.float32)


def _bin(hz: float) -> int:
    return round(hz * WINDOW / EAR_RATE)


def _peaks(mid_power: Matrix, side_power: Matrix) -> _Peaks:
    magnitude = np.sqrt(mid_power)
    middle = magnitude[:, 1:-1]
    stands_out = (middle > magnitude[:, :-2]) & (middle >= magnitude[:, 2:])
    stands_out &= middle > PROMINENCE * _surroundings(magnitude)[:, 1:-1]
    stands_out &= middle > STILL
    stands_out[:, : _bin(VOICE_HZ[0])] = False
    row, column = np.nonzero(stands_out)
    column += 1
    left, top, right = (np.log(magnitude[row, column + d] + 1e-9) for d in (-1, 0, 1))
    bins = column + 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-6)
    power = mid_power[row, column]
    share = power / (power + side_power[row, column])
    centred = np.clip((share - CENTRED[0]) / (CENTRED[1] - CENTRED[0]), 0.0, 1.0)
    return _Peaks(row, bins.astype(np.float64), magnitude[row, column], centred.astype(np.float32))


def _surroundings(magnitude: Matrix) -> Matrix:
    total = np.cumsum(magnitude, axis=1, dtype=np.float64)
    total = np.concatenate([np.zeros((len(total), 1)), total], axis=1)
    bins = np.arange(magnitude.shape[1])
    upper = np.minimum(bins + SURROUNDINGS_BINS + 1, magnitude.shape[1])
    lower = np.maximum(bins - SURROUNDINGS_BINS, 0)
    return np.asarray((total[:, upper] - total[:, lower]) / (upper - lower), np.float32)


def _sums(peaks: _Peaks, cents: Floats, n_rows: int) -> list[Floats]:
    """The columns of :class:`Centre` from ``tones`` to ``glided``, then the four formants."""

    def per_row(values: Floats | Matrix) -> Floats:
        return np.asarray(np.bincount(peaks.row, weights=values, minlength=n_rows), np.float64)

    strength = np.sqrt(peaks.magnitude)
    centred = strength * peaks.centred
    followed = np.where(np.isnan(cents), 0.0, centred)
    moved = np.clip(np.nan_to_num(cents), -WIDEST_CENTS, WIDEST_CENTS)
    power = np.square(peaks.magnitude) * peaks.centred
    edges = [_bin(hz) for hz in FORMANT_EDGES_HZ]
    formant = np.digitize(peaks.bins, edges[1:-1])
    return [
        per_row(strength),
        per_row(centred),
        per_row(centred * (peaks.bins >= _bin(HIGH_HZ))),
        per_row(followed),
        per_row(followed * np.abs(moved)),
        np.abs(per_row(followed * moved)),
        *(per_row(power * (formant == i)) for i in range(len(edges) - 1)),
    ]
