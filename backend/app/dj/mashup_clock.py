"""The mashup's own beats, and where the songs' beats come to lie on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..dsp.samples import SAMPLE_RATE
from .bends import NO_STRETCH
from .deck import Grid, Times
from .moves import PRE_ROLL

_STRAIGHT_S = 0.001  # beats this near to a line: the line is the map
_LEAST_STEP = 4096  # samples between two points of a map: as long as a ratio is held anyway

MOST_BENT = 0.2
"""Beats whose distance has to change by more than this to lie on the clock's were heard wrong, or
the song makes a jump there: it is bent by 12 % at most as a whole, and drummers wander by 5 %. What
lies between this and the quarter that can be stretched at all is room for rounding."""

Warp = tuple[tuple[int, int], ...]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clock:
    """A beat that is as steady as samples are: ``beat`` of them each.

    A whole number of samples a beat puts every bar on a sample, so that a phrase heard twice is
    stretched once. It changes a tempo by 0.003 % at most.
    """

    beat: int
    beats_per_bar: int

    @classmethod
    def of(cls, tempo_bpm: float, beats_per_bar: int) -> Clock:
        """The clock nearest to a tempo."""
        return cls(round(60.0 * SAMPLE_RATE / tempo_bpm), beats_per_bar)

    @property
    def tempo_bpm(self) -> float:
        """Beats a minute."""
        return 60.0 * SAMPLE_RATE / self.beat

    @property
    def bar_s(self) -> float:
        """How long a bar lasts."""
        return self.beat * self.beats_per_bar / SAMPLE_RATE

    def at(self, bar: float) -> int:
        """The sample at which a bar begins; room is left before the first for its attack."""
        return PRE_ROLL + round(bar * self.beats_per_bar * self.beat)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a track runs beside the clock: ``fold`` of its beats on one of the clock's.

    ``beats_s`` are the places of its beats. A beat past the first or the last lies as far off as
    those there are apart.
    """

    beats_s: Times
    fold: float
    steady: bool

    @classmethod
    def of(cls, grid: Grid, fold: float) -> Pace:
        """The pace of a grid; beats that lie on a line to a millisecond are put right on it."""
        beats = grid.beats_s
        index = np.arange(len(beats))
        line: Times = np.asarray(np.polyval(np.polyfit(index, beats, 1), index), np.float64)
        straight = float(np.abs(beats - line).max()) < _STRAIGHT_S
        return cls(line if straight else beats, fold, straight)

    def seconds_at(self, beat: float) -> float:
        """When a beat of the track is, in seconds of it; fractions are fine."""
        beats, last = self.beats_s, len(self.beats_s) - 1
        if beat < 0.0:
            return float(beats[0] + beat * (beats[1] - beats[0]))
        if beat > last:
            return float(beats[-1] + (beat - last) * (beats[-1] - beats[-2]))
        return float(np.interp(beat, np.arange(last + 1), beats))

    def beat_at(self, at_s: float) -> float:
        """Which beat of the track is at a second of it."""
        beats, last = self.beats_s, len(self.beats_s) - 1
        if at_s < beats[0]:
            return float((at_s - beats[0]) / (beats[1] - beats[0]))
        if at_s > beats[-1]:
            return float(last + (at_s - beats[-1]) / (beats[-1] - beats[-2]))
        return float(np.interp(at_s, beats, np.arange(last + 1)))

    def even(self, clock: Clock) -> Flags:
        """For each beat but the last, whether the way to the next one can be bent to the clock's.

        Returns
        -------
        bool, ``(len(beats_s) - 1,)``
        """
        ways = np.diff(self.beats_s) * SAMPLE_RATE
        return np.asarray(np.abs(clock.beat / self.fold - ways) <= MOST_BENT * ways)

    def is_even(self, clock: Clock, first: float, last: float) -> bool:
        """Whether every beat from one to another is even; past the ends it counts as there."""
        even = self.even(clock)
        return bool(even[_ways(first, last, len(even))].all())

    def even_stretches(self, clock: Clock, first: float, last: float) -> list[tuple[int, int]]:
        """The first and the last beat of each run of even ones, from one beat to another."""
        even = self.even(clock)
        ways = _ways(first, last, len(even))
        inside = np.concatenate([[False], even[ways], [False]]).astype(np.int8)
        edges = np.flatnonzero(np.diff(inside)).reshape(-1, 2) + ways.start
        return [(int(begin), int(end)) for begin, end in edges]

    def between(self, first: int, last: int) -> Pace:
        """The pace of a few beats alone, from which all before and after is told."""
        return Pace(self.beats_s[first : last + 1], self.fold, self.steady)

    def warp(self, clock: Clock, first: tuple[float, int], last_at: int) -> Warp:
        """The map from the track to the mix, from one sample of the mix to another.

        Parameters
        ----------
        first : a beat of the track, and the sample of the mix at which it comes to lie
        last_at : the sample of the mix at which the map ends

        Returns
        -------
        Pairs of samples (track, mix), two or more; two where the beats are steady.
        """
        beat, at = first
        per_sample = self.fold / clock.beat
        last = beat + (last_at - at) * per_sample
        inner = np.zeros(0) if self.steady else np.arange(np.ceil(beat), np.floor(last) + 1)
        points = [(self._sample(beat), at)]
        for one in inner:
            lies = round(at + (float(one) - beat) / per_sample)
            if points[-1][1] + _LEAST_STEP <= lies <= last_at - _LEAST_STEP:
                points.append((self._sample(float(one)), lies))
        return (*points, (self._sample(last), last_at))

    def _sample(self, beat: float) -> int:
        return round(self.seconds_at(beat) * SAMPLE_RATE)


def _ways(first: float, last: float, n: int) -> slice:
    """Which of the ways from beat to beat lie, if only in part, between two beats."""
    begin = min(max(int(np.floor(first)), 0), n - 1)
    return slice(begin, min(max(int(np.ceil(last)), begin + 1), n))


def most_bent(warp: Warp) -> float:
    """By how much the tempo is changed where a map bends it most: 0.1 is a tenth."""
    source, mix = np.diff(np.asarray(warp, np.float64), axis=0).T
    return float(np.abs(mix / source - 1.0).max())


def is_straight(warp: Warp) -> bool:
    """Whether a map is the track as it is: its tempo differs by less than can be heard."""
    (source, mix), (source_end, mix_end) = warp[0], warp[-1]
    return len(warp) == 2 and abs((source_end - source) / (mix_end - mix) - 1.0) < NO_STRETCH
