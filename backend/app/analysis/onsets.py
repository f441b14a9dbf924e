"""What begins when: spectra of the sound as it streams past, and how they rise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from .mono import EAR_RATE, Signal

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]

HOP = 220
FRAME_RATE = EAR_RATE / HOP
"""100.2 frames a second: beats are found on these and then placed on the 1 ms envelope."""
WINDOW = 1024  # 46 ms: parts a kick from a bass line's octave, and still rises within two frames
FINE_HOP = 22
FINE_RATE = EAR_RATE / FINE_HOP
"""1002 values a second: where within a frame an attack begins."""
TONE_HOP = 2048
TONE_WINDOW = 4096  # 186 ms: neighbouring notes are told apart from about 90 Hz up
TONE_RATE = EAR_RATE / TONE_HOP

BAND_EDGES_HZ = np.concatenate(
    [[30.0, 60.0, 95.0, 140.0, 200.0, 280.0, 390.0, 530.0], np.geomspace(700.0, 11000.0, 17)]
)
"""Narrow below, where kick and bass live; about a quarter octave above."""
KICK, BODY, SNARE, HAT = slice(1, 3), slice(3, 10), slice(12, 19), slice(20, 24)
LOWEST_MIDI, N_SEMITONES = 28, 60
"""From the bass's low E (41 Hz) to 1.3 kHz."""


@dataclass(frozen=True, slots=True)
class Spectra:
    """A track's features over time.

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

    @property
    def duration_s(self) -> float:
        """How long the track is, to a millisecond."""
        return len(self.fine) / FINE_RATE


class SpectraEar:
    """Collects :class:`Spectra` from a stream of blocks of any sizes."""

    def __init__(self) -> None:
        self._short = _Frames(WINDOW, HOP)
        self._long = _Frames(TONE_WINDOW, TONE_HOP)
        self._cells = _Cells()

    def push(self, mid: Signal) -> None:
        """Take in the next samples, float32 ``(n,)``."""
        self._short.push(mid)
        self._long.push(mid)
        self._cells.push(mid)

    def finish(self) -> Spectra:
        """All that was heard."""
        return Spectra(self._short.finish(), self._long.finish(), self._cells.finish())


class _Frames:
    """Windowed magnitude spectra, summed into bands; frames are centred, the ends zero-padded."""

    def __init__(self, window: int, hop: int) -> None:
        self._window, self._hop = window, hop
        self._pending = np.zeros(window // 2, np.float32)
        self._kept: list[Matrix] = []

    def push(self, samples: Signal) -> None:
        self._pending = np.concatenate([self._pending, samples])
        n_frames = (len(self._pending) - self._window) // self._hop + 1
        # 512 frames at a time keep a block's spectra within the cache and the memory flat.
        for start in range(0, max(n_frames, 0), 512):
            self._kept.append(self._spectra(start, min(512, n_frames - start)))
        if n_frames > 0:
            self._pending = self._pending[n_frames * self._hop :]

    def finish(self) -> Matrix:
        self.push(np.zeros(self._window // 2, np.float32))
        n_bands = _filters(self._window).shape[1]
        return np.concatenate(self._kept) if self._kept else np.zeros((0, n_bands), np.float32)

    def _spectra(self, first: int, n_frames: int) -> Matrix:
        windows = np.lib.stride_tricks.sliding_window_view(self._pending, self._window)
        frames = windows[first * self._hop :: self._hop][:n_frames] * _hann(self._window)
        return np.asarray(np.abs(fft.rfft(frames, axis=1)) @ _filters(self._window))


class _Cells:
    """Energy of each 1 ms of the signal and of its first difference (which weighs up the highs)."""

    def __init__(self) -> None:
        self._pending = np.zeros(1, np.float32)
        self._kept: list[Matrix] = []

    def push(self, samples: Signal) -> None:
        pending = np.concatenate([self._pending, samples])
        n_cells = (len(pending) - 1) // FINE_HOP
        used = pending[: n_cells * FINE_HOP + 1]
        if n_cells:
            both = np.stack([used[1:], np.diff(used)])
            cells = np.square(both).reshape(2, n_cells, FINE_HOP).sum(axis=2)
            self._kept.append(np.ascontiguousarray(cells.T))
        self._pending = pending[n_cells * FINE_HOP :]

    def finish(self) -> Matrix:
        return np.concatenate(self._kept) if self._kept else np.zeros((0, 2), np.float32)


@lru_cache(maxsize=4)
def _hann(window: int) -> Signal:
    return np.asarray(np.hanning(window + 1)[:-1], np.float32)


@lru_cache(maxsize=4)
def _filters(window: int) -> Matrix:
    """Triangles over the bins, ``(n_bins, n_bands)``: semitones for the long window."""
    bins_hz = np.arange(window // 2 + 1) * EAR_RATE / window
    if window == TONE_WINDOW:
        numbers = np.arange(LOWEST_MIDI - 1, LOWEST_MIDI + N_SEMITONES + 1)
        corners = 440.0 * 2.0 ** ((numbers - 69) / 12.0)
        return _triangles(bins_hz, corners)
    upper, lower = BAND_EDGES_HZ[1:], BAND_EDGES_HZ[:-1]
    inside = (bins_hz[:, None] >= lower) & (bins_hz[:, None] < upper)
    return np.asarray(inside / np.maximum(inside.sum(axis=0), 1), np.float32)


def _triangles(bins_hz: Floats, corners: Floats) -> Matrix:
    # Below 90 Hz a semitone is narrower than a bin: every triangle reaches at least one bin far.
    width = np.maximum(np.diff(corners), bins_hz[1])
    rise = 1.0 - np.abs(bins_hz[:, None] - corners[1:-1]) / width[1:]
    return np.asarray(np.maximum(rise, 0.0), np.float32)


@dataclass(frozen=True, slots=True)
class Onsets:
    """How strongly sounds begin, each row a frame; every column has mean 1 where there is sound.

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


def onsets_of(bands: Matrix) -> Onsets:
    """Half-wave rectified flux of log-compressed band magnitudes (Boeck & Widmer, DAFx 2013).

    Magnitudes are taken relative to the track's loud moments, so that a quiet master is heard as
    a loud one is; the difference spans two frames, 20 ms, in which a drum has come in.
    """
    level = np.log1p(30.0 * bands / max(loud(bands.max(axis=1), 95.0), 1e-6))
    rise = np.zeros(bands.shape)
    rise[1:-1] = np.maximum(level[2:] - level[:-2], 0.0)
    parts = [rise[:, part].mean(axis=1) for part in (KICK, BODY, SNARE, HAT)]
    means = np.array([part.mean() for part in parts])
    # A part that hardly sounds is not blown up to the size of the others.
    scale = np.maximum(means, 0.1 * max(float(means.max()), 1e-6))
    kick, body, snare, hat = (part / size for part, size in zip(parts, scale, strict=True))
    summed = kick + body + snare + hat
    around = smooth(summed, 0.25 * FRAME_RATE)
    return Onsets(kick, body, snare, hat, np.maximum(summed - around, 0.0) / 4.0)


def loud(values: Floats | Signal, percentile: float) -> float:
    """A percentile of what is not silence: however long the silence round a track, it is equal."""
    heard = values[values > 1e-4 * values.max()] if len(values) else values
    return float(np.percentile(heard, percentile)) if len(heard) else 0.0


def smooth(values: Floats, sigma: float) -> Floats:
    """A Gaussian mean over the first axis, by two box filters' worth of ``sigma`` samples."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(values, sigma, axis=0, mode="nearest", truncate=3.0))
