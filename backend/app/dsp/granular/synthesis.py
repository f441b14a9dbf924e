"""Granular synthesis: play the notes of one sound with grains of another.

Every note begins with a strike (an attack) of the style sound, placed on the note's onset; then
grains follow in the order of the sound, half a grain apart. Consecutive grains are identical where
they overlap, so the result is the sound itself, transposed. When the sound ends before the note, it
continues from another position, aligned so that the waveforms match. All fades of a note, and those
between notes, add up to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from ..fades import Gains
from ..samples import SAMPLE_RATE, Samples
from .grain_selection import GrainSelector, best_alignment
from .grains import Grains
from .loudness_follower import FOLLOW, Follower
from .performance import Floats
from .resampler import Resampler, ratio_of, silent
from .score import TARGET_HOP, Note

# Crossfade from one note to the next: 5 ms, complete before the strike, so that attacks stay sharp.
JOIN = 220
RELEASE = round(0.015 * SAMPLE_RATE)  # fade-out of a note before a rest

_SEARCH = 600  # samples: half a period at 37 Hz, to align waveforms
_COARSE = 4  # every fourth sample is compared: 0.1 ms, a tenth of a period at 1 kHz
_LEAST = 256  # samples of a run, even at the end of its unit
_MOST_HELD = 10.0  # largest gain (20 dB) that sustains a decaying sound
_BLOCK = 1 << 16


class Stem(Protocol):
    """The stem to replay; any stretch of it can be read."""

    n_samples: int

    def read(self, start: int, n: int) -> Samples:
        """Samples ``[start, start + n)``, float32 ``(2, n)``."""
        ...


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """Settings of the synthesis.

    Attributes
    ----------
    grain : length of a grain in samples
    transposes : transpose grains to the pitch of the notes
    follows_loudness : follow the stem's loudness over time, or else only its overall loudness
    follow_samples : samples over which loudness is followed
    """

    grain: int
    transposes: bool = True
    follows_loudness: bool = True
    follow_samples: int = FOLLOW


@dataclass(frozen=True, slots=True)
class GrainCounts:
    """Number of grains used, and of different positions in the sound."""

    grains: int
    sources: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A voice's position in the sound, its unit, and the level at which it is sustained."""

    unit: int
    source: float
    power: float | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive grains, over ``length`` samples of the note from ``at`` on.

    ``knots`` are the positions in the sound at every ``TARGET_HOP`` samples from there on.
    """

    at: int
    length: int
    knots: Floats
    place: _Place

    def places(self, first: int, last: int) -> Floats:
        """The sound's positions at samples ``[first, last)`` of the run, also before the run."""
        at = np.arange(first, last, dtype=np.float64)
        places = np.interp(at, np.arange(len(self.knots)) * float(TARGET_HOP), self.knots)
        speed = (self.knots[1] - self.knots[0]) / TARGET_HOP
        return np.asarray(np.where(at < 0.0, self.knots[0] + speed * at, places))


class Replay:
    """Plays the notes of a stem with grains, in order, in constant memory.

    Parameters
    ----------
    sound : the style sound, float32 ``(2, n)``
    grains : the grains of the sound
    wanted_power : overall mean square of the result
    """

    def __init__(
        self, sound: Samples, grains: Grains, settings: ReplaySettings, wanted_power: float
    ) -> None:
        self._grain = settings.grain
        self._selector = GrainSelector(grains, transposes=settings.transposes)
        self._resampler = Resampler(sound)
        width = settings.follow_samples if settings.follows_loudness else 0
        self._follower = Follower(
            width,
            grains.performance.loud_power,
            wanted_power,
            decays=settings.transposes and not grains.pitched,
        )
        # A slow rise would be inaudible in short notes; if loudness is followed, start after it.
        self._starts = grains.risen if settings.follows_loudness else grains.starts
        self._places: list[_Place] = []
        self._n_grains = 0

    @property
    def counts(self) -> GrainCounts:
        """Grains used so far."""
        return GrainCounts(self._n_grains, len(self._selector.sources))

    def play(self, notes: Iterable[Note], stem: Stem) -> Iterator[Samples]:
        """Yield blocks, float32 ``(2, n)``, that add up to the stem's length."""
        at = 0
        before: Samples | None = None
        for note in notes:
            sound = self._sound_of(note)
            model = stem.read(note.start, note.end - note.start)
            lead, body = self._follower.levelled(sound, model, JOIN, struck=note.attacks)
            joined = note.start == at
            if before is not None:
                _faded_out(before, JOIN if joined else RELEASE)
                if joined:
                    before[:, -JOIN:] += lead
                yield before
            if note.start > at:
                yield from _rest(note.start - at, lead)
            at, before = note.end, body
        if before is not None:
            yield _faded_out(before, RELEASE)
        yield from _rest(stem.n_samples - at, silent(0))

    def _sound_of(self, note: Note) -> Samples:
        """Synthesise a note, faded in over the ``JOIN`` samples before its start."""
        n_voices = len(note.pitches)
        places = self._places_of(note)
        sound = silent(JOIN + note.end - note.start)
        self._places = [
            self._lay(sound, place, pitches)
            for place, pitches in zip(places, note.pitches, strict=True)
        ]
        sound *= np.float32(1.0 / np.sqrt(n_voices))
        sound[:, :JOIN] *= _rise(JOIN)
        return sound

    def _places_of(self, note: Note) -> list[_Place]:
        """Where each voice of a note begins: at a strike, or where the last note ended."""
        n_voices = len(note.pitches)
        if note.strikes or not self._places:
            return [self._strike(note)] * n_voices
        if not note.goes_on:
            return (self._places + self._places[:1] * n_voices)[:n_voices]
        struck = None if all(place is not None for place in note.goes_on) else self._strike(note)
        return [
            self._places[k] if k is not None else struck or self._places[0] for k in note.goes_on
        ]

    def _strike(self, note: Note) -> _Place:
        unit = self._selector.unit_for(note)
        return _Place(unit, float(self._starts[unit]))

    def _lay(self, sound: Samples, place: _Place, pitches: Floats) -> _Place:
        """Add one voice of a note; return its position in the sound at the note's end."""
        n_samples = sound.shape[1] - JOIN
        run = self._run(0, place, pitches, n_samples)
        block = self._read(run, -JOIN, run.length)
        sound[:, :JOIN] += block[:, :JOIN]
        block = block[:, JOIN:]
        while run.at + run.length < n_samples:
            following, overlap = self._next_run(run, block, pitches, n_samples)
            ahead = self._read(following, 0, following.length)
            _crossfade(block, ahead, overlap)
            sound[:, JOIN + run.at :][:, : run.length] += block
            run, block = following, ahead
        sound[:, JOIN + run.at :][:, : run.length] += block
        return replace(run.place, source=float(run.places(run.length, run.length + 1)[0]))

    def _next_run(self, run: _Run, block: Samples, pitches: Floats, until: int) -> tuple[_Run, int]:
        """The run that continues after a unit's end, and the overlap of the two."""
        overlap = max(min(self._grain // 2, run.length // 2), 1)
        at = run.at + run.length - overlap
        grains = self._selector.grains
        index = self._selector.hold_for(run.place.unit, float(self._grain))
        unit, source = int(grains.hold_units[index]), float(grains.holds[index])
        speed = self._speed(at, source, pitches)
        overlap = max(min(overlap, int((grains.ends[unit] - source) / speed) // 2), 1)
        at = run.at + run.length - overlap
        steps = np.arange(overlap + _SEARCH, dtype=np.float64)
        ahead = self._resampler.read(source + speed * steps)
        shift = _COARSE * best_alignment(_mono(block[:, -overlap:]), _mono(ahead))
        power = run.place.power
        if power is None:
            power = float(grains.power_at(run.places(run.length - overlap, run.length)[:1])[0])
        place = _Place(unit, source + speed * shift, power)
        return self._run(at, place, pitches, until, least=2 * overlap), overlap

    def _run(
        self, at: int, place: _Place, pitches: Floats, until: int, least: int = _LEAST
    ) -> _Run:
        """Step through the sound from a position, at the speed that gives the note's pitches."""
        end = float(self._selector.grains.ends[place.unit])
        knots, speed = [place.source], 1.0
        for step in range(-(-(until - at) // TARGET_HOP)):
            # A step's pitch applies to its middle.
            middle = knots[-1] + 0.5 * speed * TARGET_HOP
            speed = self._speed(at + step * TARGET_HOP, middle, pitches)
            knots.append(knots[-1] + speed * TARGET_HOP)
            if knots[-1] >= end and (step + 1) * TARGET_HOP >= least:
                break
        walked = (len(knots) - 1) * TARGET_HOP
        if knots[-1] >= end:
            walked -= int((knots[-1] - end) / (knots[-1] - knots[-2]) * TARGET_HOP)
        length = min(max(walked, least), until - at)
        self._n_grains += max(1, round(length / (self._grain // 2)))
        return _Run(at, length, np.array(knots), place)

    def _speed(self, at: int, source: float, pitches: Floats) -> float:
        pitch = float(pitches[min(at // TARGET_HOP, len(pitches) - 1)])
        return ratio_of(self._selector.transposition(pitch, source))

    def _read(self, run: _Run, first: int, last: int) -> Samples:
        """Read a run's sound; a sustained one keeps its initial level."""
        places = run.places(first, last)
        block = self._resampler.read(places)
        if run.place.power is None:
            return block
        power = np.maximum(self._selector.grains.power_at(places[::_COARSE]), 1e-12)
        gains = np.minimum(np.sqrt(run.place.power / power), _MOST_HELD).astype(np.float32)
        return block * np.repeat(gains, _COARSE)[: block.shape[1]]


def _crossfade(block: Samples, ahead: Samples, overlap: int) -> None:
    """Fade a run's end and the next run's beginning, in place; the caller adds them.

    The fades ``a`` and ``b`` add up to 1, which keeps the level of identical sounds. Less similar
    sounds add up as powers: both are divided by ``sqrt(a**2 + b**2 + 2 * likeness * a * b)``.
    """
    n = min(overlap, ahead.shape[1])
    last, first = block[:, block.shape[1] - overlap :][:, :n], ahead[:, :n]
    product = float(np.vdot(last, first))
    energies = float(np.vdot(last, last)) * float(np.vdot(first, first))
    likeness = min(max(product / np.sqrt(max(energies, 1e-20)), 0.0), 1.0)
    rise = _rise(overlap)
    fall = rise[::-1]
    level = np.sqrt(rise**2 + fall**2 + 2.0 * np.float32(likeness) * rise * fall)
    block[:, block.shape[1] - overlap :] *= fall / level
    first *= (rise / level)[:n]


@lru_cache(maxsize=64)
def _rise(n: int) -> Gains:
    """The first half of a Hann window: with its mirror image it adds up to 1."""
    gains = (np.sin(0.5 * np.pi * (np.arange(n) + 0.5) / max(n, 1)) ** 2).astype(np.float32)
    gains.flags.writeable = False
    return gains


def _faded_out(sound: Samples, over: int) -> Samples:
    n = min(over, sound.shape[1])
    sound[:, sound.shape[1] - n :] *= _rise(n)[::-1]
    return sound


def _rest(n: int, lead: Samples) -> Iterator[Samples]:
    """Yield silence, then the lead-in of the next note."""
    reach = min(n, lead.shape[1])
    for start in range(0, n - reach, _BLOCK):
        yield silent(min(_BLOCK, n - reach - start))
    yield lead[:, lead.shape[1] - reach :]


def _mono(sound: Samples) -> Floats:
    return np.asarray(sound.mean(axis=0)[::_COARSE].astype(np.float64))
