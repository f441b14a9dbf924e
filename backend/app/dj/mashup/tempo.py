"""A mashup's tempo, its beat clock, and the songs' beats on that clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...dsp.samples import SAMPLE_RATE
from ..deck import Grid, Times
from ..joins.shapes.automation import PRE_ROLL
from ..joins.shapes.tempo_maps import NO_STRETCH, STEADY_DEVIATION_S, Warp
from ..tempo_stretch import fold_between
from .vibes import VIBES, VibeTreatment

MAX_PAIR_CHANGE = 0.09
"""How much a vibe may change the tempo of either leading track: in sets 6 % is the limit for whole
tracks, and single stems bear a little more."""

MAX_TEMPO_CHANGE = 0.12  # a track that needs a larger tempo change is left out
# the common tempo is nearer to the instruments': drums smear before voices do
INSTRUMENTS_SHARE = 0.6

_LARGEST_SHIFT = max(abs(math.log(vibe.tempo_factor)) for vibe in VIBES.values())
_RESERVED_SHARE = 0.3
"""Share of the remaining tempo range that is kept for the vibes on either side."""

_LEAST_STEP = 4096  # samples between two points of a map: each tempo ratio lasts at least this long

MAX_BEAT_CHANGE = 0.2
"""Beats whose distance must change by more were detected wrongly, or the song jumps there: a whole
song is stretched by 12 % at most, and drummers vary by 5 %. The rest, up to the 25 % that can be
stretched at all, is room for rounding."""

Flags = npt.NDArray[np.bool_]


def common_tempo_bpm(vocals: Grid, under: Grid, factor: float) -> float:
    """The tempo at which two songs meet, counted as the instruments count."""
    share = INSTRUMENTS_SHARE
    return float(under.tempo_bpm**share * (vocals.tempo_bpm / factor) ** (1.0 - share))


def mix_tempo_bpm(vocals: Grid, under: Grid, treatment: VibeTreatment) -> float:
    """The tempo of a pair of songs in a vibe.

    The further apart the songs' tempos are, the less a vibe can change the tempo. Faster vibes are
    limited by one factor and slower ones by another, so that their order is kept.
    """
    factor = fold_between(under.tempo_bpm, vocals.tempo_bpm)
    meet = math.log(common_tempo_bpm(vocals, under, factor))
    own = [math.log(vocals.tempo_bpm / factor), math.log(under.tempo_bpm)]
    lowest = max(own) - math.log1p(MAX_PAIR_CHANGE)
    highest = min(own) + math.log1p(MAX_PAIR_CHANGE)
    spare = _RESERVED_SHARE * max(highest - lowest, 0.0)
    middle = min(max(meet, lowest + spare), max(highest - spare, lowest + spare))
    shift = math.log(treatment.tempo_factor)
    left = max(highest - middle if shift > 0.0 else middle - lowest, 0.0)
    return math.exp(middle + shift * min(left / _LARGEST_SHIFT, 1.0))


@dataclass(frozen=True, slots=True)
class Clock:
    """A steady beat of ``beat`` samples.

    With a whole number of samples per beat every bar begins on a sample, so that a repeated phrase
    is stretched once. The rounding changes a tempo by 0.003 % at most.
    """

    beat: int
    beats_per_bar: int

    @classmethod
    def of(cls, tempo_bpm: float, beats_per_bar: int) -> Clock:
        """The clock nearest to a tempo."""
        return cls(round(60.0 * SAMPLE_RATE / tempo_bpm), beats_per_bar)

    @property
    def tempo_bpm(self) -> float:
        """Beats per minute."""
        return 60.0 * SAMPLE_RATE / self.beat

    @property
    def bar_s(self) -> float:
        """A bar's length in seconds."""
        return self.beat * self.beats_per_bar / SAMPLE_RATE

    def at(self, bar: float) -> int:
        """The sample at which a bar begins; the first bar leaves room for its attack."""
        return PRE_ROLL + round(bar * self.beats_per_bar * self.beat)


@dataclass(frozen=True, slots=True)
class BeatMap:
    """A song's beats on the clock: ``fold`` of its beats per beat of the clock.

    ``beats_s`` are the times of the song's beats. Beats before the first or after the last are
    extrapolated with the nearest beat's length.
    """

    beats_s: Times
    fold: float
    steady: bool

    @classmethod
    def of(cls, grid: Grid, fold: float) -> BeatMap:
        """Build the map of a beat grid; beats within a millisecond of a line are put on it."""
        beats = grid.beats_s
        index = np.arange(len(beats))
        line: Times = np.asarray(np.polyval(np.polyfit(index, beats, 1), index), np.float64)
        straight = float(np.abs(beats - line).max()) < STEADY_DEVIATION_S
        return cls(line if straight else beats, fold, straight)

    def seconds_at(self, beat: float) -> float:
        """Time of a beat in the song, in seconds; beats may be fractions."""
        return _extrapolated(beat, np.arange(len(self.beats_s), dtype=np.float64), self.beats_s)

    def beat_at(self, at_s: float) -> float:
        """The beat at a second of the song."""
        return _extrapolated(at_s, self.beats_s, np.arange(len(self.beats_s), dtype=np.float64))

    def even(self, clock: Clock) -> Flags:
        """Whether each interval between two beats can be stretched to the clock's beat."""
        intervals = np.diff(self.beats_s) * SAMPLE_RATE
        return np.asarray(np.abs(clock.beat / self.fold - intervals) <= MAX_BEAT_CHANGE * intervals)

    def is_even(self, clock: Clock, first: float, last: float) -> bool:
        """Whether all intervals between two beats are even.

        Beyond the song's ends, the nearest interval counts.
        """
        even = self.even(clock)
        return bool(even[_intervals(first, last, len(even))].all())

    def even_stretches(self, clock: Clock, first: float, last: float) -> list[tuple[int, int]]:
        """First and last beat of each run of even intervals between two beats."""
        even = self.even(clock)
        within = _intervals(first, last, len(even))
        inside = np.concatenate([[False], even[within], [False]]).astype(np.int8)
        edges = np.flatnonzero(np.diff(inside)).reshape(-1, 2) + within.start
        return [(int(begin), int(end)) for begin, end in edges]

    def between(self, first: int, last: int) -> BeatMap:
        """The map of a few beats, extrapolated before and after them."""
        return BeatMap(self.beats_s[first : last + 1], self.fold, self.steady)

    def warp(self, clock: Clock, first: tuple[float, int], last_at: int) -> Warp:
        """Tempo map from song to mix, from a beat at a sample of the mix to a later sample.

        Two pairs of samples (song, mix), or more if the beats are not steady.
        """
        beat, at = first
        per_sample = self.fold / clock.beat
        last = beat + (last_at - at) * per_sample
        inner = np.zeros(0) if self.steady else np.arange(np.ceil(beat), np.floor(last) + 1)
        points = [(self._sample(beat), at)]
        for one in inner:
            mix = round(at + (float(one) - beat) / per_sample)
            if points[-1][1] + _LEAST_STEP <= mix <= last_at - _LEAST_STEP:
                points.append((self._sample(float(one)), mix))
        return (*points, (self._sample(last), last_at))

    def _sample(self, beat: float) -> int:
        return round(self.seconds_at(beat) * SAMPLE_RATE)


def _extrapolated(x: float, xs: Times, ys: Times) -> float:
    """Interpolate, and continue in straight lines beyond both ends."""
    if xs[0] <= x <= xs[-1]:
        return float(np.interp(x, xs, ys))
    near, far = (0, 1) if x < xs[0] else (-1, -2)
    return float(ys[near] + (x - xs[near]) * (ys[far] - ys[near]) / (xs[far] - xs[near]))


def _intervals(first: float, last: float, n: int) -> slice:
    """The intervals between beats that lie, at least partly, between two beats."""
    begin = min(max(int(np.floor(first)), 0), n - 1)
    return slice(begin, min(max(int(np.ceil(last)), begin + 1), n))


def max_stretch(warp: Warp) -> float:
    """The largest tempo change in a map: 0.1 is 10 %."""
    source, mix = np.diff(np.asarray(warp, np.float64), axis=0).T
    return float(np.abs(mix / source - 1.0).max())


def is_straight(warp: Warp) -> bool:
    """Whether a map leaves the song's tempo inaudibly close to the original."""
    (source, mix), (source_end, mix_end) = warp[0], warp[-1]
    return len(warp) == 2 and abs((source_end - source) / (mix_end - mix) - 1.0) < NO_STRETCH
