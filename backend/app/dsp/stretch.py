"""Play a stretch of a track at another tempo, to the sample, and give way to the untouched track.

Rubber Band's R2 engine does the stretching (a phase vocoder that resets its phases at attacks),
through pedalboard, in its streaming mode: the ratio may then change on the way. What it does with
a ratio is regular enough to be undone beforehand:

* it maps where an *analysis frame* begins, so an attack is heard ``ATTACK_LAG`` samples further
  into the frame, which are not stretched;
* a ratio acts on frames that began ``RATIO_LEAD`` samples before the sample it is given with.

Both numbers are measured (``bench/stretch.py``), on drums in music and on bare clicks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import InvalidAudioError
from .samples import SAMPLE_RATE, Samples

Point = tuple[int, int]  # (sample of the source, sample of the mix)

LEAD = 16_384  # samples of the source wanted before the first and after the last point
ATTACK_LAG = 1500  # drums in music: 1210, bare clicks: 2250; a few percent of the rest is inaudible
PITCH_LAG = 1250  # the same for a changed pitch, which squeezes it by up to 12 %: set for drums
RATIO_LEAD = 2030
# Every change of ratio is rounded to a sample. Held for 93 ms, a wandering tempo stays within
# 0.3 ms of its map in a minute, and a ramp of 4 % over 16 bars moves 0.013 % a step.
HOLD = 4096
MAX_CHANGE = 0.25  # past a quarter no DJ plays; a map like this is a mistake further up
MAX_SEMITONES = 12.0

_ANCHOR_REACH = 132  # 3 ms: further away the map was never
_ANCHOR_SPAN = 16_384  # at least one attack at 128 BPM's eighths
_ANCHORED = 0.95  # below this the tail is not yet the source again

Array = npt.NDArray[np.float64]


def stretch(source: Samples, points: Sequence[Point], *, pitch_semitones: float = 0.0) -> Samples:
    """Play ``source`` along a map from its time to the mix's.

    Where the last piece of the map has a slope of exactly 1, and the first has not, the result is
    moved by up to 3 ms so that its end lies on the source's own samples: after the next attack
    Rubber Band gives back what it was given, and the seam to the untouched track is inaudible.
    Where the first piece has a slope of 1, its beginning is the source's samples anyway.

    Parameters
    ----------
    source : float32, shape (2, n): the track from ``points[0][0] - LEAD`` to
        ``points[-1][0] + LEAD``; zeros where there is no track
    points : pairs of samples (source, mix), both ascending; the map is a line between two of them
    pitch_semitones : how far to move the pitch, formants with it; fractions are fine

    Returns
    -------
    float32, shape (2, points[-1][1] - points[0][1])

    Raises
    ------
    InvalidAudioError
        If the points do not ascend or ask for more than ``MAX_CHANGE``, or ``source`` does not
        cover what is wanted.
    """
    from pedalboard import time_stretch  # 0.2 s to load; not every mix stretches

    curve = _Map.through(points)
    _refuse(source, curve, pitch_semitones)
    stretched = time_stretch(
        np.ascontiguousarray(source),
        SAMPLE_RATE,
        stretch_factor=curve.speeds(source.shape[1]),
        pitch_shift_in_semitones=pitch_semitones,
        high_quality=False,  # R3, the finer engine, is up to 13 ms late and costs four times this
        # "Laminar" phases are for stretching far. At a few percent, phases of their own for every
        # bin halve the spectral distance to the source and leave attacks as sharp as they were.
        retain_phase_continuity=False,
        preserve_formants=False,
    )
    start = curve.first_sample(pitch_semitones)
    if pitch_semitones == 0.0 and curve.ends_at_own_tempo():
        start += _shift_onto(source, stretched, start + curve.length)
    piece: Samples = stretched[:, start : start + curve.length].copy()
    return piece


@dataclass(frozen=True, slots=True)
class _Map:
    """A piecewise linear map, in samples from the source's and the result's first sample."""

    source: Array
    mix: Array

    @classmethod
    def through(cls, points: Sequence[Point]) -> _Map:
        at = np.asarray(points, np.float64)
        if at.ndim != 2 or at.shape[0] < 2 or at.shape[1] != 2 or (np.diff(at, axis=0) <= 0).any():
            raise InvalidAudioError("A time map needs two points or more, in ascending order.")
        at = at - at[0]
        slope_in, slope_out = _slope(at[:2]), _slope(at[-2:])
        reach = np.array([1.0, slope_in]) * LEAD, np.array([1.0, slope_out]) * 2 * LEAD
        at = np.concatenate([at[:1] - reach[0], at, at[-1:] + reach[1]])
        return cls(at[:, 0] + LEAD, at[:, 1])

    @property
    def length(self) -> int:
        """How many samples lie between the first and the last point, in the mix."""
        return int(self.mix[-2] - self.mix[1])

    def slopes(self) -> Array:
        """Samples of the mix for one of the source, on each piece, leads included."""
        steepness: Array = np.diff(self.mix) / np.diff(self.source)
        return steepness

    def speeds(self, n_samples: int) -> Array:
        """What Rubber Band is to be told at each sample of the source: its speed-up."""
        edges = np.arange(-(-n_samples // HOLD) + 1) * HOLD - RATIO_LEAD
        before = np.minimum(edges, 0) * self.slopes()[0]
        mix = np.interp(np.maximum(edges, 0), self.source, self.mix) + before
        # Rounded, so that a steady slope is one ratio and not many that differ in the last bit.
        per_hold = np.round(np.diff(mix) / HOLD, 9)
        speeds: Array = np.repeat(1.0 / per_hold, HOLD)[:n_samples]
        return speeds

    def first_sample(self, pitch_semitones: float) -> int:
        """Where the first point is heard in what Rubber Band gives back.

        The pitch is moved by resampling, which squeezes the attack's lag, too.
        """
        squeezed = PITCH_LAG * (2.0 ** (-pitch_semitones / 12.0) - 1.0)
        return round(float(ATTACK_LAG + squeezed + (LEAD - ATTACK_LAG) * self.slopes()[0]))

    def ends_at_own_tempo(self) -> bool:
        slopes = self.slopes()
        return bool(slopes[-1] == 1.0 and slopes[0] != 1.0)


def _slope(two: Array) -> float:
    return float((two[1, 1] - two[0, 1]) / (two[1, 0] - two[0, 0]))


def _refuse(source: Samples, curve: _Map, pitch_semitones: float) -> None:
    wanted = int(curve.source[-2]) + LEAD
    if source.shape[1] != wanted:
        raise InvalidAudioError(f"The map needs {wanted} samples of source, not {source.shape[1]}.")
    if np.abs(curve.slopes() - 1.0).max() > MAX_CHANGE:
        raise InvalidAudioError(f"A tempo cannot be changed by more than {MAX_CHANGE:.0%}.")
    if abs(pitch_semitones) > MAX_SEMITONES:
        raise InvalidAudioError(f"A pitch cannot be moved by {pitch_semitones} semitones.")


def _shift_onto(source: Samples, stretched: Samples, end: int) -> int:
    """How many samples late the stretched sound is at ``end``, where the source's lead begins.

    Zero where no shift makes the two the same: then no attack has passed since the ramp.
    """
    own = source[:, -LEAD - _ANCHOR_SPAN // 2 :][:, :_ANCHOR_SPAN]
    start = end - _ANCHOR_SPAN // 2 - _ANCHOR_REACH
    heard = stretched[:, start:][:, : _ANCHOR_SPAN + 2 * _ANCHOR_REACH]
    if start < 0 or heard.shape[1] < _ANCHOR_SPAN + 2 * _ANCHOR_REACH:
        return 0
    return _best_lag(own.astype(np.float64), heard.astype(np.float64))


def _best_lag(own: Array, heard: Array) -> int:
    """The lag at which ``own`` lies best in ``heard``, by normalised cross-correlation."""
    size = heard.shape[1]
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(own, size))
    products = np.fft.irfft(spectrum, size).sum(axis=0)[: 2 * _ANCHOR_REACH + 1]
    energy = np.concatenate([[0.0], np.cumsum(np.square(heard).sum(axis=0))])
    energies = energy[own.shape[1] :][: len(products)] - energy[: len(products)]
    scale = np.sqrt(np.maximum(energies * np.square(own).sum(), 1e-12))
    likeness = products / scale
    best = int(np.argmax(likeness))
    return best - _ANCHOR_REACH if likeness[best] > _ANCHORED else 0
