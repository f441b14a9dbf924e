"""Spectra over time, and the onset strengths computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..feature_rows import FeatureRows, RowSource, row_values, spans
from ..framing import Framer, Frames
from ..mid_side import ANALYSIS_RATE, Signal

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]

HOP = 220
FRAME_RATE = ANALYSIS_RATE / HOP
"""100.2 frames a second: beats are found on frames, then placed on the 1 ms envelope."""
WINDOW = 1024  # 46 ms: separates a kick from a bass line, and still rises within two frames
FINE_HOP = 22
FINE_RATE = ANALYSIS_RATE / FINE_HOP
"""1002 values a second, to find the position of an attack within a frame."""
TONE_HOP = 2048
TONE_WINDOW = 4096  # 186 ms: separates semitones from about 90 Hz upwards
TONE_RATE = ANALYSIS_RATE / TONE_HOP

BAND_EDGES_HZ = np.concatenate(
    [[30.0, 60.0, 95.0, 140.0, 200.0, 280.0, 390.0, 530.0], np.geomspace(700.0, 11000.0, 17)]
)
"""Edges of the bands: narrow for kick and bass, then about a quarter octave."""
KICK, BODY, SNARE, HAT = slice(1, 3), slice(3, 10), slice(12, 19), slice(20, 24)
LOWEST_MIDI, N_SEMITONES = 28, 60  # from the bass's low E (41 Hz) to 1.3 kHz


SPAN = 30_000  # frames processed together: five minutes
# from this many values on, a percentile is taken of every other, or third, and so on
_MANY = 1 << 21


@dataclass(frozen=True, slots=True)
class Spectra:
    """A sound's features over time.

    Attributes
    ----------
    bands : magnitude in each of the bands, ``(n_frames, n_bands)``; frame ``k`` is centred on
        sample ``k * HOP``
    semitones : magnitude of each semitone, ``(n_tones, N_SEMITONES)``, centred on ``k * TONE_HOP``
    fine : energy of each ``FINE_HOP`` samples, ``(n_fine, 2)``: of the signal, of its difference
    """

    bands: Matrix
    semitones: Matrix
    fine: Matrix


@dataclass(frozen=True, slots=True)
class RhythmSpectra:
    """The spectra of a track or a part of it, in memory or, for long tracks, on disk."""

    bands: RowSource
    semitones: RowSource
    fine: RowSource

    @property
    def duration_s(self) -> float:
        """Length of the sound, to a millisecond."""
        return len(self.fine) / FINE_RATE

    def part(self, start_s: float, end_s: float) -> RhythmSpectra:
        """Return the spectra from one time to another."""

        def rows(source: RowSource, rate: float) -> Matrix:
            return source[round(start_s * rate) : round(end_s * rate)]

        return RhythmSpectra(
            rows(self.bands, FRAME_RATE),
            rows(self.semitones, TONE_RATE),
            rows(self.fine, FINE_RATE),
        )


@dataclass(frozen=True, slots=True)
class SpectraRows(RhythmSpectra):
    """The spectra of a track of any length, which may exceed memory."""

    bands: FeatureRows
    semitones: FeatureRows
    fine: FeatureRows


class SpectraAnalyser:
    """Collects :class:`SpectraRows` from a stream of blocks of any size."""

    def __init__(self) -> None:
        self._short = _Frames(WINDOW, HOP)
        self._long = _Frames(TONE_WINDOW, TONE_HOP)
        self._cells = _Cells()

    def push(self, mid: Signal) -> None:
        """Take the next samples, float32 ``(n,)``."""
        self._short.push(mid)
        self._long.push(mid)
        self._cells.push(mid)

    def finish(self) -> SpectraRows:
        """Return the spectra of everything pushed."""
        return SpectraRows(self._short.finish(), self._long.finish(), self._cells.finish())


class _Frames:
    """Computes windowed magnitude spectra, summed into bands; frames are centred."""

    def __init__(self, window: int, hop: int) -> None:
        self._window = window
        # The rounding of the bands depends on how many frames are multiplied at once.
        self._framer = Framer(window, hop, batch=512)
        self._bands = FeatureRows(_filters(window).shape[1])

    def push(self, samples: Signal) -> None:
        for frames in self._framer.push(samples):
            self._bands.append(self._sum_bands(frames))

    def finish(self) -> FeatureRows:
        for frames in self._framer.finish():
            self._bands.append(self._sum_bands(frames))
        return self._bands

    def _sum_bands(self, frames: Frames) -> Matrix:
        spectra = fft.rfft(frames * _hann(self._window), axis=1)
        return np.asarray(np.abs(spectra) @ _filters(self._window))


class _Cells:
    """Measures the energy of each 1 ms of a signal and of its first difference (the highs)."""

    def __init__(self) -> None:
        self._pending = np.zeros(1, np.float32)
        self._cells = FeatureRows(2)

    def push(self, samples: Signal) -> None:
        pending = np.concatenate([self._pending, samples])
        n_cells = (len(pending) - 1) // FINE_HOP
        used = pending[: n_cells * FINE_HOP + 1]
        if n_cells:
            both = np.stack([used[1:], np.diff(used)])
            cells = np.square(both).reshape(2, n_cells, FINE_HOP).sum(axis=2)
            self._cells.append(np.ascontiguousarray(cells.T))
        self._pending = pending[n_cells * FINE_HOP :]

    def finish(self) -> FeatureRows:
        return self._cells


@lru_cache(maxsize=4)
def _hann(window: int) -> Signal:
    return np.asarray(np.hanning(window + 1)[:-1], np.float32)


@lru_cache(maxsize=4)
def _filters(window: int) -> Matrix:
    """Build filters over the bins, ``(n_bins, n_bands)``; for the long window, semitones."""
    bins_hz = np.arange(window // 2 + 1) * ANALYSIS_RATE / window
    if window == TONE_WINDOW:
        numbers = np.arange(LOWEST_MIDI - 1, LOWEST_MIDI + N_SEMITONES + 1)
        corners = 440.0 * 2.0 ** ((numbers - 69) / 12.0)
        return _triangles(bins_hz, corners)
    upper, lower = BAND_EDGES_HZ[1:], BAND_EDGES_HZ[:-1]
    inside = (bins_hz[:, None] >= lower) & (bins_hz[:, None] < upper)
    return np.asarray(inside / np.maximum(inside.sum(axis=0), 1), np.float32)


def _triangles(bins_hz: Floats, corners: Floats) -> Matrix:
    # Below 90 Hz a semitone is narrower than a bin, so every triangle covers at least one bin.
    width = np.maximum(np.diff(corners), bins_hz[1])
    rise = 1.0 - np.abs(bins_hz[:, None] - corners[1:-1]) / width[1:]
    return np.asarray(np.maximum(rise, 0.0), np.float32)


@dataclass(frozen=True, slots=True)
class Onsets:
    """Onset strength in each frame.

    The mean of each part is about 1, unless noted otherwise.

    Attributes
    ----------
    kick, body, snare, hat : flux of 30-140 Hz, 140-1000 Hz, 1.4-5 kHz, 5.5-11 kHz; ``(n_frames,)``
    accent : all of them together, with the local mean taken off; ``(n_frames,)``
    """

    kick: Floats
    body: Floats
    snare: Floats
    hat: Floats
    accent: Floats


def onset_strengths(bands: RowSource) -> Onsets:
    """Compute onset strengths: half-wave rectified flux of log-compressed bands.

    (Boeck & Widmer, DAFx 2013.)

    Magnitudes are relative to the track's loud moments, so that quiet and loud masters give the
    same result; the difference spans two frames, 20 ms, the rise time of a drum.
    """
    loudest = max(loud(row_values(bands, SPAN, _largest), 95.0), 1e-6)
    flux = [_flux(bands, loudest, *span) for span in spans(len(bands), SPAN)]
    parts = np.concatenate(flux, axis=1)
    del flux
    means = np.array([part.mean() for part in parts])
    # A faint part is not scaled up to the level of the others.
    scale = np.maximum(means, 0.1 * max(float(means.max()), 1e-6))
    kick, body, snare, hat = (part / size for part, size in zip(parts, scale, strict=True))
    summed = kick + body + snare + hat
    around = smooth(summed, 0.25 * FRAME_RATE)
    return Onsets(kick, body, snare, hat, np.maximum(summed - around, 0.0) / 4.0)


def _largest(rows: Matrix) -> Signal:
    return np.asarray(rows.max(axis=1))


def _flux(bands: RowSource, loudest: float, start: int, stop: int) -> Floats:
    """Mean rise in the bands of kick, body, snare and hat, ``(4, stop - start)``."""
    first = max(start - 1, 0)
    level = np.log1p(30.0 * bands[first : stop + 1] / loudest)
    rise = np.zeros(level.shape)
    rise[1:-1] = np.maximum(level[2:] - level[:-2], 0.0)
    rise = rise[start - first : stop - first]
    return np.stack([rise[:, part].mean(axis=1) for part in (KICK, BODY, SNARE, HAT)])


def loud(values: Floats | Signal, percentile: float) -> float:
    """Compute a percentile of the values above silence."""
    values = values[:: 1 + len(values) // _MANY]
    audible = values[values > 1e-4 * values.max()] if len(values) else values
    return float(np.percentile(audible, percentile)) if len(audible) else 0.0


def smooth(values: Floats, sigma: float) -> Floats:
    """Smooth along the first axis with a Gaussian of ``sigma`` samples."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(values, sigma, axis=0, mode="nearest", truncate=3.0))
