"""Measure the stereo centre, from which vocals are detected.

Voices are mixed to the centre, and so are kick, snare and bass. But a voice is tonal, has its
partials where its formants are, and never holds a pitch exactly: its partials glide and tremble
together, where a key or a string holds one pitch and then the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from .framing import Frames, MidSideAnalyser
from .mid_side import ANALYSIS_RATE
from .spectral_peaks import Floats, Indices, Matrix, bin_of, power_spectra, prominent_peaks

WINDOW = 2048  # 93 ms: separates the partials of a voice, and still follows a vibrato of 6 Hz
HOP = 1024
CENTRE_RATE = ANALYSIS_RATE / HOP  # 21.5 frames a second
VOICE_HZ = (200.0, 4200.0)
HIGH_HZ = 1000.0  # above lie the formants that distinguish vowels, and little of a bass
FORMANT_EDGES_HZ = (200.0, 700.0, 1400.0, 2800.0, 4200.0)
BAND_EDGES_HZ = (30.0, 80.0, 150.0, 300.0, 600.0, 1200.0, 2400.0, 4200.0, 7000.0, 10900.0)
"""About an octave each: kick, bass, three for the bodies of instruments, presence, snare, cymbals,
air."""
N_BANDS = len(BAND_EDGES_HZ) - 1
WIDE_FROM_HZ = 300.0
PROMINENCE = 1.6  # of a peak, in means of its surroundings; vibrato blurs partials
SURROUNDINGS_BINS = 9  # 97 Hz on either side
CENTRED = (0.8, 0.95)
"""Mid's share of a tone's power: the tone counts as centred by 0 at the first value, rising to 1 at
the second. 0.95 leaves room for a voice's reverb."""
FARTHEST_CENTS = 90.0  # from frame to frame; a larger step is a new note
WIDEST_CENTS = 60.0
STILL = 1e-2  # least magnitude of a tone: that of a sine at -94 dBFS

_bin = partial(bin_of, window=WINDOW)


@dataclass(frozen=True, slots=True)
class Centre:
    """Sums over the peaks or bins of each frame, float32 ``(n_frames, ...)``.

    Attributes
    ----------
    tones : strength (root of magnitude) of all tonal peaks between 200 and 4200 Hz
    centred, high : strength of the peaks in the centre; of these, of those above 1 kHz
    followed, moved, glided : strength of the centred peaks that continue from the frame before; the
        same times the cents that each moved; times the cents that they moved together
    power : total power between 200 and 4200 Hz
    formants : power of the centred tones in four bands, ``(n_frames, 4)``
    bands : total power in each band, ``(n_frames, N_BANDS)``
    wide : power of the side signal above 300 Hz
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
    """Tonal peaks: row, fractional bin, magnitude, centredness (0 to 1).

    They are sorted by row, then by bin.
    """

    row: Indices
    bins: Floats
    magnitude: Matrix
    centred: Matrix


class CentreAnalyser(MidSideAnalyser):
    """Analyses a stream: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        super().__init__(WINDOW, HOP)
        self._last = np.zeros(0)  # the bins of the peaks in the last frame
        self._columns = [np.zeros((0, 12 + N_BANDS), np.float32)]

    def finish(self) -> Centre:
        """Return the features of everything pushed."""
        self._flush()
        columns = np.concatenate(self._columns)
        tones, centred, high, followed, moved, glided, power = columns[:, :7].T
        return Centre(
            *(tones, centred, high, followed, moved, glided, power),
            formants=columns[:, 7:11],
            bands=columns[:, 11:-1],
            wide=columns[:, -1],
        )

    def _analyse(self, mid: Frames, side: Frames) -> None:
        mid_power, side_power = power_spectra(mid), power_spectra(side)
        peaks = _peaks(mid_power[:, : _bin(VOICE_HZ[1])], side_power)
        cents = self._cents_since_last(peaks, len(mid))
        both = mid_power + side_power
        power = both[:, _bin(VOICE_HZ[0]) : _bin(VOICE_HZ[1])].sum(axis=1)
        sums = _sums(peaks, cents, len(mid))
        audible = both[:, : _bin(BAND_EDGES_HZ[-1])]
        bands = np.add.reduceat(audible, [_bin(hz) for hz in BAND_EDGES_HZ[:-1]], axis=1)
        wide = side_power[:, _bin(WIDE_FROM_HZ) :].sum(axis=1)
        columns = np.column_stack([*sums[:6], power, *sums[6:], bands, wide])
        self._columns.append(columns.astype(np.float32))

    def _cents_since_last(self, peaks: _Peaks, n_rows: int) -> Floats:
        """Measure in cents how far each peak moved since the frame before; NaN if none is near.

        Rows are placed far apart on one axis, so that one search finds all neighbours.
        """
        far = 2.0 * WINDOW
        before = np.concatenate([self._last, peaks.bins + (peaks.row + 1) * far])
        sought = peaks.bins + peaks.row * far
        self._last = peaks.bins[peaks.row == n_rows - 1]
        if len(before) < 2:
            return np.full(len(sought), np.nan)
        right = np.clip(np.searchsorted(before, sought), 1, len(before) - 1)
        nearer_left = sought - before[right - 1] < before[right] - sought
        origin = before[np.where(nearer_left, right - 1, right)] - peaks.row * far
        within = np.abs(origin - peaks.bins) < 0.1 * peaks.bins
        cents = 1200.0 * np.log2(peaks.bins / np.where(within, origin, peaks.bins))
        return np.where(within & (np.abs(cents) < FARTHEST_CENTS), cents, np.nan)


def _peaks(mid_power: Matrix, side_power: Matrix) -> _Peaks:
    magnitude = np.sqrt(mid_power)
    row, column, bins = prominent_peaks(
        magnitude,
        first=_bin(VOICE_HZ[0]) + 1,
        prominence=PROMINENCE,
        around=SURROUNDINGS_BINS,
        least=STILL,
    )
    power = mid_power[row, column]
    share = power / (power + side_power[row, column])
    centred = np.clip((share - CENTRED[0]) / (CENTRED[1] - CENTRED[0]), 0.0, 1.0)
    return _Peaks(row, bins, magnitude[row, column], centred.astype(np.float32))


def _sums(peaks: _Peaks, cents: Floats, n_rows: int) -> list[Floats]:
    """Sum the columns of :class:`Centre` from ``tones`` to ``glided``, and four formants."""

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
