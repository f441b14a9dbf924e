"""Granular synthesis: the notes of one sound played with the grains of another.

Every note begins with a strike of the style sound, its attack on the note's onset; then grains
follow in the order in which they lie in the sound, half a grain apart. Where a grain goes on from
the one before, both are the same sound where they overlap, so what is heard is the sound itself,
only higher or lower; where the sound is through, it goes on from another place in it, laid so that
the waves fall together. All fades of a note, and those between notes, add up to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from .casting import Casting, likest
from .fades import Gains
from .grains import Grains
from .loudness_follower import FOLLOW, Follower
from .performance import Floats
from .presses import Presses, ratio_of, silent
from .samples import SAMPLE_RATE, Samples
from .score import TARGET_HOP, Note

JOIN = 220
"""How one note gives way to the next: 5 ms, and over when the new one strikes: no attack is faded
in, and no step is heard."""
RELEASE = round(0.015 * SAMPLE_RATE)
"""How a note ends before a rest."""

_SEARCH = 600  # samples: half a period at 37 Hz, for the waves to fall together
_COARSE = 4  # every fourth sample is compared: 0.1 ms, a tenth of a period at 1 kHz
_LEAST = 256  # samples of a run, whatever its unit has left
_MOST_HELD = 10.0  # a sound that dies away is held up to 20 dB over what it has come down to
_BLOCK = 1 << 16


class Stem(Protocol):
    """What is played again: any stretch of it can be read."""

    n_samples: int

    def read(self, start: int, n: int) -> Samples:
        """Samples ``[start, start + n)``, float32 ``(2, n)``."""
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How grains are laid.

    Attributes
    ----------
    grain : their length in samples
    moves : to the pitch of the notes
    follows : as loud as the stem at every moment; else as loud as it on the whole
    follow : over how many samples loudness is followed
    """

    grain: int
    moves: bool = True
    follows: bool = True
    follow: int = FOLLOW


@dataclass(frozen=True, slots=True)
class Laid:
    """How many grains were laid, and of how many different ones."""

    grains: int
    sources: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the sound a voice is, in which unit; ``power`` is what it is held at, once it is."""

    unit: int
    source: float
    power: float | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """Grains that follow each other: from ``at`` in the note on, ``length`` samples of it.

    ``knots`` are the places of the sound every ``TARGET_HOP`` samples from there on.
    """

    at: int
    length: int
    knots: Floats
    place: _Place

    def places(self, first: int, last: int) -> Floats:
        """The places of the sound at samples ``[first, last)`` of the run; also before it."""
        at = np.arange(first, last, dtype=np.float64)
        places = np.interp(at, np.arange(len(self.knots)) * float(TARGET_HOP), self.knots)
        speed = (self.knots[1] - self.knots[0]) / TARGET_HOP
        return np.asarray(np.where(at < 0.0, self.knots[0] + speed * at, places))


class Replay:
    """Plays notes with grains, in order, in memory that does not depend on how many there are.

    Parameters
    ----------
    sound : the style sound, float32 ``(2, n)``
    grains : what it can be cut into
    wanted_power : the mean square that is asked for on the whole
    """

    def __init__(self, sound: Samples, grains: Grains, manner: Manner, wanted_power: float) -> None:
        self._grain = manner.grain
        self._cast = Casting(grains, moves=manner.moves)
        self._presses = Presses(sound)
        width = manner.follow if manner.follows else 0
        self._follower = Follower(width, grains.performance.loud_power, wanted_power)
        # A sound that swells in has not begun when a note is over; followed, it swells as the note.
        self._starts = grains.risen if manner.follows else grains.starts
        self._places: list[_Place] = []
        self._laid = 0

    @property
    def laid(self) -> Laid:
        """What has been laid so far."""
        return Laid(self._laid, len(self._cast.sources))

    def play(self, notes: Iterable[Note], stem: Stem) -> Iterator[Samples]:
        """Yield blocks, float32 ``(2, n)``, that add up to the stem's length."""
        at = 0
        before: Samples | None = None
        for note in notes:
            sound = self._sound_of(note)
            model = stem.read(note.start, note.end - note.start)
            lead, body = self._follower.levelled(sound, model, JOIN)
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
        """A note from ``JOIN`` samples before its start on, faded in over these."""
        n_voices = len(note.pitches)
        if note.strikes or not self._places:
            unit = self._cast.unit_for(note)
            self._places = [_Place(unit, float(self._starts[unit]))]
        places = (self._places + self._places[:1] * n_voices)[:n_voices]
        sound = silent(JOIN + note.end - note.start)
        self._places = [
            self._lay(sound, place, pitches)
            for place, pitches in zip(places, note.pitches, strict=True)
        ]
        sound *= np.float32(1.0 / np.sqrt(n_voices))
        sound[:, :JOIN] *= _rise(JOIN)
        return sound

    def _lay(self, sound: Samples, place: _Place, pitches: Floats) -> _Place:
        """Lay one voice of a note; where it is in the sound when the note ends."""
        n_samples = sound.shape[1] - JOIN
        run = self._run(0, place, pitches, n_samples)
        block = self._read(run, -JOIN, run.length)
        sound[:, :JOIN] += block[:, :JOIN]
        block = block[:, JOIN:]
        while run.at + run.length < n_samples:
            following, overlap = self._after(run, block, pitches, n_samples)
            ahead = self._read(following, 0, following.length)
            _faded(block, ahead, overlap)
            sound[:, JOIN + run.at :][:, : run.length] += block
            run, block = following, ahead
        sound[:, JOIN + run.at :][:, : run.length] += block
        return replace(run.place, source=float(run.places(run.length, run.length + 1)[0]))

    def _after(self, run: _Run, block: Samples, pitches: Floats, until: int) -> tuple[_Run, int]:
        """The run that follows when a unit is through, and how far the two overlap."""
        overlap = max(min(self._grain // 2, run.length // 2), 1)
        at = run.at + run.length - overlap
        grains = self._cast.grains
        index = self._cast.hold_for(run.place.unit, float(self._grain))
        unit, source = int(grains.hold_units[index]), float(grains.holds[index])
        speed = self._speed(at, source, pitches)
        overlap = max(min(overlap, int((grains.ends[unit] - source) / speed) // 2), 1)
        at = run.at + run.length - overlap
        steps = np.arange(overlap + _SEARCH, dtype=np.float64)
        ahead = self._presses.read(source + speed * steps)
        shift = _COARSE * likest(_mono(block[:, -overlap:]), _mono(ahead))
        power = run.place.power
        if power is None:
            power = float(grains.power_at(run.places(run.length - overlap, run.length)[:1])[0])
        place = _Place(unit, source + speed * shift, power)
        return self._run(at, place, pitches, until, least=2 * overlap), overlap

    def _run(
        self, at: int, place: _Place, pitches: Floats, until: int, least: int = _LEAST
    ) -> _Run:
        """Walk through the sound from a place on, as fast as the note's pitches want it."""
        end = float(self._cast.grains.ends[place.unit])
        knots, speed = [place.source], 1.0
        for step in range(-(-(until - at) // TARGET_HOP)):
            # What is played in the middle of the step is what has to have the pitch told for it.
            middle = knots[-1] + 0.5 * speed * TARGET_HOP
            speed = self._speed(at + step * TARGET_HOP, middle, pitches)
            knots.append(knots[-1] + speed * TARGET_HOP)
            if knots[-1] >= end and (step + 1) * TARGET_HOP >= least:
                break
        walked = (len(knots) - 1) * TARGET_HOP
        if knots[-1] >= end:
            walked -= int((knots[-1] - end) / (knots[-1] - knots[-2]) * TARGET_HOP)
        length = min(max(walked, least), until - at)
        self._laid += max(1, round(length / (self._grain // 2)))
        return _Run(at, length, np.array(knots), place)

    def _speed(self, at: int, source: float, pitches: Floats) -> float:
        wanted = float(pitches[min(at // TARGET_HOP, len(pitches) - 1)])
        return ratio_of(self._cast.moved(wanted, source))

    def _read(self, run: _Run, first: int, last: int) -> Samples:
        """The sound of a run; one that is held is as loud throughout as it was at first."""
        places = run.places(first, last)
        block = self._presses.read(places)
        if run.place.power is None:
            return block
        power = np.maximum(self._cast.grains.power_at(places[::_COARSE]), 1e-12)
        gains = np.minimum(np.sqrt(run.place.power / power), _MOST_HELD).astype(np.float32)
        return block * np.repeat(gains, _COARSE)[: block.shape[1]]


def _faded(block: Samples, ahead: Samples, overlap: int) -> None:
    """Fade a run's end and the beginning of the next, in place, for them to be added up.

    The fades add up to 1, which keeps the level of what is alike. What is not alike adds up as
    powers: the fades ``a`` and ``b`` are divided by ``sqrt(a**2 + b**2 + 2 * likeness * a * b)``.
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
    """Silence before a note, but for what leads into it."""
    reach = min(n, lead.shape[1])
    for start in range(0, n - reach, _BLOCK):
        yield silent(min(_BLOCK, n - reach - start))
    yield lead[:, lead.shape[1] - reach :]


def _mono(sound: Samples) -> Floats:
    coarse: Floats = sound.mean(axis=0)[::_COARSE].astype(np.float64)
    return coarse
