"""Stretch a part of a track along a tempo map, exact to the sample.

Rubber Band's R2 engine does the stretching (a phase vocoder that resets its phases at attacks),
through pedalboard, in its streaming mode: the ratio may then change on the way. Its timing errors
are regular enough to be compensated:

* it maps where an *analysis frame* begins, so an attack sounds ``ATTACK_LAG`` samples further
  into the frame, which are not stretched;
* a ratio acts on frames that began ``RATIO_LEAD`` samples before the sample it is given with.

Both numbers are measured (``bench/render/stretch.py``), on drums in music and on bare clicks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import InvalidAudioError
from .samples import SAMPLE_RATE, Samples

Point = tuple[int, int]  # (sample of the source, sample of the mix)

LEAD = 16_384  # samples of the source needed before the first and after the last point
# measured: drums in music 1210, bare clicks 2250; a few percent of the difference is inaudible
ATTACK_LAG = 1500
PITCH_LAG = 1250  # the same with a changed pitch, which shortens it by up to 12 %: set for drums
RATIO_LEAD = 2030
# Every change of ratio is rounded to a sample. Held for 93 ms, a wandering tempo stays within
# 0.3 ms of its map in a minute, and a ramp of 4 % over 16 bars moves 0.013 % a step.
HOLD = 4096
MAX_CHANGE = 0.25  # DJs stay below this; a larger change is an error in the plan
MAX_SEMITONES = 12.0

_ANCHOR_REACH = 132  # 3 ms: the map is never further off
_ANCHOR_SPAN = 16_384  # at least one attack at 128 BPM's eighths
_ANCHORED = 0.95  # with a lower correlation, the tail does not equal the source yet

Array = npt.NDArray[np.float64]


def stretch(source: Samples, points: Sequence[Point], *, pitch_semitones: float = 0.0) -> Samples:
    """Stretch ``source`` along a map from its time to the mix's time.

    Where the last piece of the map has a slope of exactly 1, and the first has not, the result is
    moved by up to 3 ms so that its end equals the source's own samples: after the next attack
    Rubber Band returns its input, and the seam to the unchanged track is inaudible. Where the first
    piece has a slope of 1, its beginning equals the source's samples anyway.

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
        If the points do not ascend or exceed ``MAX_CHANGE``, or ``source`` has the wrong length.
    """
    from pedalboard import time_stretch  # takes 0.2 s to load, and not every mix stretches

    curve = _Map.through(points)
    _refuse(source, curve, pitch_semitones)
    stretched = time_stretch(
        np.ascontiguousarray(source),
        SAMPLE_RATE,
        stretch_factor=curve.speeds(source.shape[1]),
        pitch_shift_in_semitones=pitch_semitones,
        # R3, the finer engine, is up to 13 ms late and costs four times as much
        high_quality=False,
        # "Laminar" phases are for large changes. At a few percent, independent phases of the bins
        # halve the spectral distance to the source and keep attacks sharp.
        retain_phase_continuity=False,
        preserve_formants=False,
    )
    start = curve.first_sample(pitch_semitones)
    slopes = curve.slopes()
    if pitch_semitones == 0.0 and slopes[-1] == 1.0 and slopes[0] != 1.0:
        start += _shift_onto(source, stretched, start + curve.length)
    return np.asarray(stretched[:, start : start + curve.length].copy())


@dataclass(frozen=True, slots=True)
class _Map:
    """A piecewise linear map, in samples from the first sample of source and result."""

    source: Array
    mix: Array

    @classmethod
    def through(cls, points: Sequence[Point]) -> _Map:
        at = np.asarray(points, np.float64)
        if at.ndim != 2 or at.shape[0] < 2 or at.shape[1] != 2 or (np.diff(at, axis=0) <= 0).any():
            raise InvalidAudioError("A time map needs two points or more, in ascending order.")
        at = at - at[0]
        first, last = np.diff(at[:2], axis=0), np.diff(at[-2:], axis=0)
        before, after = first / first[:, :1] * LEAD, last / last[:, :1] * 2 * LEAD
        at = np.concatenate([at[:1] - before, at, at[-1:] + after])
        return cls(at[:, 0] + LEAD, at[:, 1])

    @property
    def length(self) -> int:
        """Samples of the mix between the first and the last point."""
        return int(self.mix[-2] - self.mix[1])

    def slopes(self) -> Array:
        """Samples of the mix for one of the source, on each piece, leads included."""
        return np.asarray(np.diff(self.mix) / np.diff(self.source))

    def speeds(self, n_samples: int) -> Array:
        """Compute Rubber Band's speed factor at each sample of the source."""
        edges = np.arange(-(-n_samples // HOLD) + 1) * HOLD - RATIO_LEAD
        before = np.minimum(edges, 0) * self.slopes()[0]
        mix = np.interp(np.maximum(edges, 0), self.source, self.mix) + before
        # Rounded, so that a steady slope is one ratio, not many that differ in the last bit.
        per_hold = np.round(np.diff(mix) / HOLD, 9)
        return np.asarray(np.repeat(1.0 / per_hold, HOLD)[:n_samples])

    def first_sample(self, pitch_semitones: float) -> int:
        """Locate the first point in Rubber Band's output.

        The pitch is changed by resampling, which shortens the attack's lag, too.
        """
        squeezed = PITCH_LAG * (2.0 ** (-pitch_semitones / 12.0) - 1.0)
        return round(float(ATTACK_LAG + squeezed + (LEAD - ATTACK_LAG) * self.slopes()[0]))


def _refuse(source: Samples, curve: _Map, pitch_semitones: float) -> None:
    expected = int(curve.source[-2]) + LEAD
    if source.shape[1] != expected:
        found = source.shape[1]
        raise InvalidAudioError(f"The map needs {expected} samples of source, not {found}.")
    if np.abs(curve.slopes() - 1.0).max() > MAX_CHANGE:
        raise InvalidAudioError(f"A tempo cannot be changed by more than {MAX_CHANGE:.0%}.")
    if abs(pitch_semitones) > MAX_SEMITONES:
        raise InvalidAudioError(f"A pitch cannot be moved by {pitch_semitones} semitones.")


def _shift_onto(source: Samples, stretched: Samples, end: int) -> int:
    """Measure by how many samples the stretched sound is delayed at ``end``.

    There the lead begins. Zero if no shift makes them match: then no attack has passed since the
    ramp.
    """
    own = source[:, -LEAD - _ANCHOR_SPAN // 2 :][:, :_ANCHOR_SPAN]
    start = end - _ANCHOR_SPAN // 2 - _ANCHOR_REACH
    output = stretched[:, start:][:, : _ANCHOR_SPAN + 2 * _ANCHOR_REACH]
    if start < 0 or output.shape[1] < _ANCHOR_SPAN + 2 * _ANCHOR_REACH:
        return 0
    return _best_lag(own.astype(np.float64), output.astype(np.float64))


def _best_lag(own: Array, output: Array) -> int:
    """Find the lag of ``own`` in ``output`` by normalised cross-correlation."""
    size = output.shape[1]
    spectrum = np.fft.rfft(output, size) * np.conj(np.fft.rfft(own, size))
    products = np.fft.irfft(spectrum, size).sum(axis=0)[: 2 * _ANCHOR_REACH + 1]
    energy = np.concatenate([[0.0], np.cumsum(np.square(output).sum(axis=0))])
    energies = energy[own.shape[1] :][: len(products)] - energy[: len(products)]
    scale = np.sqrt(np.maximum(energies * np.square(own).sum(), 1e-12))
    likeness = products / scale
    best = int(np.argmax(likeness))
    return best - _ANCHOR_REACH if likeness[best] > _ANCHORED else 0
