"""Which moments of a sound are onsets, to the millisecond."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from .mono import EarBlock
from .onsets import FINE_RATE, FRAME_RATE, Floats, Matrix, Spectra, SpectraEar, loud

LEAST_APART_S = 0.05
"""Two strikes closer than this are heard as one: a thirty-second at 150 BPM lasts 50 ms."""

_RISE = 0.05
"""The mean rise, over all bands, of the compressed level that makes an onset."""
_LEAST_BAND = 0.03
"""Bands count by their own loud moments (hats are 20 dB under the kick); one that is 30 dB under
the loudest is no part of the sound."""
_OVER_MEAN = 3.2
"""And how far over the mean of the 200 ms round it. With both, the mean F over the stems of five
composed songs is 0.97 drums, 1.0 bass, 0.9 chords and arpeggios, 0.98 vocals, and steady noise has
an onset in two seconds; with half as much it has five a second."""
_NEAR_FRAMES = 3  # an onset is the largest rise within 30 ms
_REACH_S = 0.04
_SPAN = 4  # ms before and after an attack that are held against each other: a drum rises in 4


class StrikeEar:
    """Hears spectra of both sides of a sound, added up as powers.

    In their sum as waves, sides that are detuned against each other beat: up to ten times a second
    in the highs of a chorus or a pad, which no listener hears as strikes.
    """

    def __init__(self) -> None:
        self._mid, self._side = SpectraEar(), SpectraEar()

    def push(self, block: EarBlock) -> None:
        """Take the next block."""
        self._mid.push(block.mid)
        self._side.push(block.side)

    def finish(self) -> Spectra:
        """All that was heard."""
        mid, side = self._mid.finish(), self._side.finish()
        bands = np.hypot(mid.bands, side.bands)
        return Spectra(bands, np.hypot(mid.semitones, side.semitones), mid.fine + side.fine)


def find_onsets(spectra: Spectra) -> Floats:
    """Where sounds begin, in seconds, ascending.

    The flux of log-compressed bands, each against the strongest of its neighbours 20 ms before, so
    that a vibrato is no onset (Boeck & Widmer, DAFx 2013); its peaks are then put where the sound
    rises most steeply.
    """
    if not len(spectra.bands):
        return np.zeros(0)
    novelty = _novelty(spectra.bands)
    around = uniform_filter1d(novelty, round(0.2 * FRAME_RATE))
    top = novelty == maximum_filter1d(novelty, 2 * _NEAR_FRAMES + 1)
    picks = np.flatnonzero(top & (novelty > np.maximum(_RISE, _OVER_MEAN * around)))
    near_s = picks / FRAME_RATE
    near_s = near_s[_goes_on(spectra.fine, near_s)]
    return _apart(np.sort(_steepest(spectra.fine, near_s)), LEAST_APART_S)


def _novelty(bands: Matrix) -> Floats:
    """How much louder the bands together have become within two frames, each by its own measure."""
    loudest = np.array([loud(band, 95.0) for band in bands.T])
    # A band that hardly sounds is not blown up to the size of the others.
    reference = np.maximum(loudest, max(_LEAST_BAND * float(loudest.max()), 1e-6))
    level = np.log1p(30.0 * bands / reference)
    before = maximum_filter1d(level, 3, axis=1)
    novelty = np.zeros(len(bands))
    novelty[1:-1] = np.maximum(level[2:] - before[:-2], 0.0).mean(axis=1)
    novelty[:1] = np.maximum(level[1:2], 0.0).mean(axis=1)  # what begins with the file
    return novelty


def _steepest(fine: Matrix, near_s: Floats) -> Floats:
    """The steepest rise of the highs' energy within reach of each place."""
    power = fine[:, 1].astype(np.float64)
    total = np.concatenate([[0.0], np.cumsum(power)])
    cells = np.arange(len(power))
    before = total[cells] - total[np.maximum(cells - _SPAN, 0)]
    after = total[np.minimum(cells + _SPAN, len(power))] - total[cells]
    floor = 1e-6 * max(float(np.percentile(power, 99)) * _SPAN, 1e-12)
    rise = np.log((after + floor) / (before + floor))
    reach = round(_REACH_S * FINE_RATE)
    placed = []
    for at in np.round(near_s * FINE_RATE).astype(int):
        first = max(at - reach, 0)
        window = rise[first : at + reach + 1]
        placed.append((first + int(window.argmax())) / FINE_RATE if len(window) else at / FINE_RATE)
    return np.array(placed)


def _goes_on(fine: Matrix, near_s: Floats) -> npt.NDArray[np.bool_]:
    """Where the sound, or its highs, do not stop: a sudden end splatters like an onset."""
    total = np.concatenate([np.zeros((1, 2)), np.cumsum(fine, axis=0, dtype=np.float64)])

    def energy(first_ms: int, last_ms: int) -> Floats:
        edges = np.round(near_s * FINE_RATE).astype(int)
        first, last = (np.clip(edges + ms, 0, len(fine)) for ms in (first_ms, last_ms))
        return np.asarray(total[last] - total[first])

    return np.asarray((energy(20, 50) > 0.1 * energy(-40, -10)).any(axis=1))


def _apart(times_s: Floats, least_s: float) -> Floats:
    """Those times that do not follow another one at once."""
    kept: list[float] = []
    for time_s in times_s:
        if not kept or time_s - kept[-1] >= least_s:
            kept.append(float(time_s))
    return np.array(kept)
