"""Track the pitch of one voice over time, by probabilistic YIN.

After de Cheveigne & Kawahara (JASA 2002) and Mauch & Dixon (pYIN, ICASSP 2014). A frame's
candidates are the troughs of its normalised difference function; the likelihood of each is the
share of thresholds for which YIN would return it; the best path through all frames' candidates is
the result. A closed form of the thresholds' prior and few candidates make a grid of pitches
unnecessary: four minutes take about two seconds of one core.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..framing import Framer, Frames
from ..mid_side import ANALYSIS_RATE, Signal

Floats = npt.NDArray[np.float64]

HOP = 256
PITCH_RATE = ANALYSIS_RATE / HOP  # 86 frames a second: fifteen for each period of vibrato
LOWEST_HZ, HIGHEST_HZ = 38.0, 1500.0  # from below a bass guitar's low E to the top of a soprano

_FRAME = 2048  # 93 ms
_MAX_LAG = int(ANALYSIS_RATE / LOWEST_HZ) + 2
_MIN_LAG = int(ANALYSIS_RATE / HIGHEST_HZ)
_WINDOW = _FRAME - _MAX_LAG  # 66 ms: two and a half periods of the lowest pitch
_CANDIDATES = 6
_AHEAD = _FRAME // 2 - _WINDOW // 2 - int(ANALYSIS_RATE / 440.0)
"""The compared windows (at a lag of two periods of middle A) are centred this many samples before
the frame. They are skipped at the start, or vibrato would be 10 ms late."""

# Below -60 dBFS there is no voice, only residue.
_SILENT_POWER = 1e-6

# The cost of a path, in nats. As in pYIN, voicing changes in one of a hundred frames; a leap costs
# as much as its distance, up to that of another note.
_SWITCH = 4.6
_PER_SEMITONE, _LEAP = 1.5, 5.0
_NONE = 0.03
"""Weight of the remaining likelihood as evidence that there is no pitch. With it, noise still has
no pitch, and 0.76 to 0.95 of a bass's sounding frames have one; with a weight of 1, only 0.48 to
0.92."""
_LEAST = 1e-6  # least likelihood


@dataclass(frozen=True, slots=True)
class PitchTrack:
    """Pitch over time; frame ``k`` is centred on ``k / PITCH_RATE`` seconds.

    Attributes
    ----------
    hz : float64 ``(n_frames,)``; NaN where there is no pitch
    """

    hz: Floats

    @property
    def voiced_share(self) -> float:
        """Share of the frames with a pitch."""
        return float(np.isfinite(self.hz).mean()) if len(self.hz) else 0.0

    @property
    def median_hz(self) -> float | None:
        """Median pitch; None if no frame has a pitch."""
        voiced = self.hz[np.isfinite(self.hz)]
        return float(np.median(voiced)) if len(voiced) else None


class PitchTracker:
    """Tracks the pitch of a stream: ``push`` the signal in order, then ``finish`` once."""

    def __init__(self) -> None:
        self._framer = Framer(_FRAME, HOP)
        self._to_skip = _AHEAD
        self._hz: list[Floats] = []
        self._likely: list[Floats] = []

    def push(self, signal: Signal) -> None:
        """Take the next samples, float32 ``(n,)``."""
        skipped = min(self._to_skip, len(signal))
        self._to_skip -= skipped
        self._analyse(self._framer.push(signal[skipped:]))

    def finish(self) -> PitchTrack:
        """Return the pitch track of everything pushed."""
        self._analyse(self._framer.push(np.zeros(_AHEAD - self._to_skip, np.float32)))
        self._analyse(self._framer.finish())
        if not self._hz:
            return PitchTrack(np.zeros(0))
        return PitchTrack(_path(np.concatenate(self._hz), np.concatenate(self._likely)))

    def _analyse(self, batches: Iterable[Frames]) -> None:
        for frames in batches:
            hz, likely = _candidates(frames)
            self._hz.append(hz)
            self._likely.append(likely)


def _candidates(frames: Frames) -> tuple[Floats, Floats]:
    """Find the likeliest pitches of each frame, with their likelihoods.

    Both have shape ``(n, _CANDIDATES)``. A frame's likelihoods add up to at most 1; the rest is the
    likelihood of no pitch.
    """
    normal = _normalised_difference(frames)
    here = normal[:, _MIN_LAG:-1]
    trough = (here < normal[:, _MIN_LAG - 1 : -2]) & (here <= normal[:, _MIN_LAG + 1 :])
    value = np.where(trough, here, np.inf)
    lowest_yet = np.minimum.accumulate(value, axis=1)
    before = np.concatenate([np.ones((len(frames), 1)), lowest_yet[:, :-1]], axis=1)
    # A threshold picks the first trough below it. So thresholds between this trough's depth and
    # that of the deepest earlier one pick this trough.
    likely = np.maximum(_prior(np.minimum(before, 1.0)) - _prior(np.minimum(value, 1.0)), 0.0)
    power = np.square(frames[:, :_WINDOW]).mean(axis=1)
    likely[power < _SILENT_POWER] = 0.0
    best = np.argpartition(-likely, _CANDIDATES, axis=1)[:, :_CANDIDATES]
    lags = best + _MIN_LAG + _vertex(normal, best + _MIN_LAG)
    return ANALYSIS_RATE / lags, np.take_along_axis(likely, best, axis=1)


def _normalised_difference(frames: Frames) -> Floats:
    """Compute YIN's cumulative mean normalised difference, float64 ``(n, _MAX_LAG + 1)``.

    ``d[t] = sum((x[j] - x[j + t])**2, j < W)``, over the mean of ``d[1..t]``; the sums of squares
    come from one running sum, the products from one correlation.
    """
    wide = frames.astype(np.float64)
    head = fft.rfft(wide[:, :_WINDOW], _FRAME)
    products = fft.irfft(np.conj(head) * fft.rfft(wide), _FRAME)[:, : _MAX_LAG + 1]
    running = np.cumsum(np.square(wide), axis=1)
    running = np.concatenate([np.zeros((len(wide), 1)), running], axis=1)
    lags = np.arange(_MAX_LAG + 1)
    energy = running[:, lags + _WINDOW] - running[:, lags]
    difference = np.maximum(energy[:, :1] + energy - 2.0 * products, 0.0)
    summed = np.cumsum(difference[:, 1:], axis=1)
    normal: Floats = np.ones_like(difference)
    normal[:, 1:] = difference[:, 1:] * lags[1:] / np.maximum(summed, 1e-12)
    return normal


def _prior(threshold: Floats) -> Floats:
    """Return the share of thresholds up to this one: the distribution function of Beta(2, 18).

    Its mean, 0.1, is the threshold that YIN uses: ``1 - (1 - x)**18 * (1 + 18 x)``.
    """
    return np.asarray(1.0 - (1.0 - threshold) ** 18 * (1.0 + 18.0 * threshold))


def _vertex(values: Floats, at: npt.NDArray[np.intp]) -> Floats:
    """Return the vertex of the parabola through each trough, as an offset in samples."""
    rows = np.arange(len(values))[:, None]
    before, here, after = values[rows, at - 1], values[rows, at], values[rows, at + 1]
    bend = before - 2.0 * here + after
    shift: Floats = np.where(bend > 1e-12, 0.5 * (before - after) / np.maximum(bend, 1e-12), 0.0)
    return np.clip(shift, -0.5, 0.5)


def _path(hz: Floats, likely: Floats) -> Floats:
    """Find the best path through the candidates (Viterbi); NaN where there is no pitch."""
    none = np.maximum(_NONE * (1.0 - likely.sum(axis=1, keepdims=True)), _LEAST)
    costs = -np.log(np.concatenate([np.maximum(likely, _LEAST), none], axis=1))
    semitones = 12.0 * np.log2(hz)
    cost = costs[0]
    back = np.zeros(costs.shape, np.int8)
    between = np.full((costs.shape[1], costs.shape[1]), _SWITCH)
    between[-1, -1] = 0.0
    for k in range(1, len(costs)):
        leap = np.abs(semitones[k - 1][:, None] - semitones[k][None, :])
        between[:-1, :-1] = np.minimum(_PER_SEMITONE * leap, _LEAP)
        total = cost[:, None] + between
        back[k] = total.argmin(axis=0)
        cost = total.min(axis=0) + costs[k]
    states = np.empty(len(costs), np.int64)
    states[-1] = int(cost.argmin())
    for k in range(len(costs) - 1, 0, -1):
        states[k - 1] = back[k, states[k]]
    padded = np.concatenate([hz, np.full((len(hz), 1), np.nan)], axis=1)
    return np.asarray(padded[np.arange(len(hz)), states])
