"""Whether a short sound is a loop, how many beats it lasts, and what key it is in.

A loop comes round again without a gap, so it lasts a whole number of beats. Any length does, of
some tempo; what makes a loop of it is that its attacks fall on that tempo's grid. A tempo that is
heard when it is played over and over speaks for it too, and one written in its name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..dsp.samples import Samples, samples, seconds
from .key import key_of
from .mono import EarBlock, ear_blocks
from .onsets import FRAME_RATE, Floats, SpectraEar, onsets_of
from .rhythm import RhythmEar
from .tones import ToneEar

BEATS = (1, 2, 4, 8, 16, 32)
SLOWEST_BPM, FASTEST_BPM, USUAL_BPM = 60.0, 200.0, 112.0
SURE_OF_KEY = 0.3
"""Of bars of chords heard so, 25 in 26 are in that key; of less sure ones, 6 in 10."""

_PLAYED_S = 12.0  # over and over for so long: a pulse, or a chord, is clear then
_BLOCK = 1 << 16
_SAME_TEMPO = 0.03  # a heard tempo strays by less; which one it is, the length says
_SAME_LENGTH = 0.01  # exporters add or lose some milliseconds
_LEAD_S = 0.01  # silence shorter than this is the first beat's own
_STRONG = 0.25  # of the strongest attacks; weaker ones are echoes and fingers
_APART_FRAMES = 6  # a sixteenth at 200 BPM lasts 7.5
_EARLY_S = 0.012  # the rise is seen when half of a window is in it
_REACH_S = 0.025  # the grid's first line lies this near to the loop's start
_PADDING_S = 0.06  # what MP3 encoders put in front: 26 to 50 ms, and echoes of the attack in it
_FEWEST_ATTACKS = 3
# Rayleigh's statistic n * r**2: attacks thrown down at random exceed z in exp(-z) of all cases.
_ON_GRID, _ON_GRID_AS_HEARD = 4.0, 2.5
_CLOSE = 0.6  # the least r: a spread of 16 % of a sixteenth, more than players have
_BAR = 4


@dataclass(frozen=True, slots=True)
class Loop:
    """Where in a sound a loop lies: its first sample, its length in samples, its beats.

    The sound may end some milliseconds before the loop does.
    """

    start: int
    n_samples: int
    beats: int

    @property
    def tempo_bpm(self) -> float:
        """Beats a minute."""
        return 60.0 * self.beats / seconds(self.n_samples)


def find_loop(sound: Samples, attack: int, named_bpm: float | None = None) -> Loop | None:
    """The loop that a sound is; None for a single hit, a phrase out of time, or a held tone.

    Parameters
    ----------
    sound : float32, shape (2, n), 44.1 kHz
    attack : the sample at which something is first heard; a loop starts there or with the sound
    named_bpm : the tempo that the sound's name speaks of
    """
    starts = [0, attack] if attack > samples(_LEAD_S) else [0]
    found: list[tuple[float, Loop]] = []
    for start in starts:
        rest = sound.shape[1] - start
        found += _named(sound, start, rest, named_bpm) if named_bpm else _heard(sound, start, rest)
    return max(found, key=lambda one: one[0])[1] if found else None


def key_of_sound(sound: Samples) -> str | None:
    """The key that a sound's chords speak for; None for drums, noise, and single notes.

    Parameters
    ----------
    sound : float32, shape (2, n), 44.1 kHz
    """
    ear = ToneEar()
    for block in _over_and_over(sound):
        ear.push(block)
    heard = key_of(ear.finish())
    return heard.key if heard.confidence >= SURE_OF_KEY else None


def _named(sound: Samples, start: int, rest: int, tempo_bpm: float) -> Iterator[tuple[float, Loop]]:
    """The longest loop of this tempo; what rings on after it must not last a beat.

    Where it is longer than its beats and these come late, an encoder has put silence before it.
    """
    beat = samples(60.0 / tempo_bpm)
    counts = [n for n in BEATS if n * beat <= rest * (1.0 + _SAME_LENGTH)]
    if not counts or rest - counts[-1] * beat >= beat:
        return
    loop = Loop(start, round(counts[-1] * samples(1.0) * 60.0 / tempo_bpm), counts[-1])
    fits = loop.beats >= _BAR and abs(rest - loop.n_samples) <= _SAME_LENGTH * loop.n_samples
    grid = _grid(_hear(_cut(sound, loop)).attacks_s, 60.0 / tempo_bpm)
    late = samples(grid.late_s)
    if _LEAD_S < grid.late_s < min(_PADDING_S, seconds(rest - loop.n_samples)):
        loop = replace(loop, start=start + late)
    elif abs(grid.late_s) > _REACH_S and not fits:
        return
    if fits or grid.evidence > _ON_GRID_AS_HEARD:
        yield grid.evidence, loop


def _heard(sound: Samples, start: int, rest: int) -> Iterator[tuple[float, Loop]]:
    """The loop that the whole of the rest is, if its attacks say so."""
    counts = [n for n in BEATS if SLOWEST_BPM <= 60.0 * n / seconds(rest) <= FASTEST_BPM]
    if not counts:
        return
    heard = _hear(sound[:, start:])
    grid = _grid(heard.attacks_s, seconds(rest) / counts[-1])
    beats = _beats_heard(heard.tempo_bpm, rest, counts)
    enough = _ON_GRID if beats is None else _ON_GRID_AS_HEARD
    if grid.evidence > enough and abs(grid.late_s) < _REACH_S:
        yield grid.evidence, Loop(start, rest, beats or _usual(rest, counts))


def _beats_heard(tempo_bpm: float, n_samples: int, counts: list[int]) -> int | None:
    """The count that the heard tempo, or its half or double, makes; None where none does."""
    for factor in (1.0, 2.0, 0.5):
        heard = seconds(n_samples) * factor * tempo_bpm / 60.0
        for count in counts:
            if abs(heard / count - 1.0) < _SAME_TEMPO:
                return count
    return None


def _usual(n_samples: int, counts: list[int]) -> int:
    """The count whose tempo is nearest to that of most music."""
    return min(
        counts, key=lambda count: abs(math.log(60.0 * count / seconds(n_samples) / USUAL_BPM))
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """Where attacks fall within a sound that is played over and over, and the tempo it then has."""

    attacks_s: Floats
    tempo_bpm: float


def _hear(sound: Samples) -> _Heard:
    rhythm_ear, spectra_ear = RhythmEar(), SpectraEar()
    for block in _over_and_over(sound):
        rhythm_ear.push(block)
        spectra_ear.push(block.mid)
    accent = onsets_of(spectra_ear.finish().bands).accent
    return _Heard(_attacks_s(accent, seconds(sound.shape[1])), rhythm_ear.finish().tempo_bpm)


def _over_and_over(sound: Samples) -> Iterator[EarBlock]:
    times = max(2, math.ceil(_PLAYED_S / seconds(sound.shape[1])))
    whole = np.tile(sound, (1, times))
    yield from ear_blocks(whole[:, i : i + _BLOCK] for i in range(0, whole.shape[1], _BLOCK))


def _attacks_s(accent: Floats, period_s: float) -> Floats:
    """The attacks of the second time round, from just before its start; between the frames."""
    from scipy.signal import find_peaks  # half a second to load, and the API loads this file

    strong = _STRONG * float(np.percentile(accent, 99))
    peaks, _ = find_peaks(accent, height=max(strong, 1e-6), distance=_APART_FRAMES)
    before, top, after = accent[peaks - 1], accent[peaks], accent[peaks + 1]
    bend = before - 2.0 * top + after
    vertex = 0.5 * (before - after) / np.where(bend == 0.0, 1.0, bend)
    at_s = (peaks + vertex) / FRAME_RATE + _EARLY_S - period_s
    return np.asarray(at_s[(at_s >= -_REACH_S) & (at_s < period_s - _REACH_S)])


@dataclass(frozen=True, slots=True)
class _Grid:
    """How attacks lie on a grid: Rayleigh's n * r**2, and how late it begins."""

    evidence: float
    late_s: float


def _grid(attacks_s: Floats, beat_s: float) -> _Grid:
    """The grid of sixteenths or of triplets, whichever fits; no evidence where neither does."""
    best = _Grid(0.0, 0.0)
    if len(attacks_s) < _FEWEST_ATTACKS:
        return best
    for parts in (4, 3):
        turns = np.exp(2j * np.pi * attacks_s * parts / beat_s).mean()
        late_s = float(np.angle(turns)) / (2.0 * np.pi) * beat_s / parts
        evidence = len(attacks_s) * float(abs(turns)) ** 2
        if abs(turns) > _CLOSE and evidence > best.evidence:
            best = _Grid(evidence, late_s)
    return best


def _cut(sound: Samples, loop: Loop) -> Samples:
    """The loop alone, with silence where the sound ends early."""
    part = sound[:, loop.start : loop.start + loop.n_samples]
    return np.pad(part, ((0, 0), (0, loop.n_samples - part.shape[1])))
