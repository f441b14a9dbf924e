"""Granular synthesis: the notes of one sound played with the grains of another.

Every note begins with a strike of the style sound, its attack on the note's onset; then grains
follow in the order in which they lie in the sound, half a grain apart. Where a grain goes on from
the one before, both are the same sound where they overlap, so what is heard is the sound itself,
only higher or lower; where the sound is through, it goes on from another place in it, laid so that
the waves fall together. All fades of a note, and those between notes, add up to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
_LEAST = 256  # samples of a grain, whatever its unit has left
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
    """Where in the sound a voice is, and in which unit."""

    unit: int
    source: float


@dataclass(frozen=True, slots=True)
class _Grain:
    """A grain to be laid: where it begins in the note and in the sound, how long, how high."""

    at: int
    place: _Place
    length: int
    cents: int


@dataclass(frozen=True, slots=True)
class _Played:
    """A note's sound, float32 ``(2, note)``, before it is as loud as it is to be."""

    note: Note
    body: Samples


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
        self._presses = Presses(sound, manner.grain + JOIN + _SEARCH)
        width = manner.follow if manner.follows else 0
        self._follower = Follower(width, grains.performance.loud_power, wanted_power)
        self._places: list[_Place] = []
        self._laid = 0

    @property
    def laid(self) -> Laid:
        """What has been laid so far."""
        return Laid(self._laid, len(self._cast.sources))

    def play(self, notes: Iterable[Note], stem: Stem) -> Iterator[Samples]:
        """Yield blocks, float32 ``(2, n)``, that add up to the stem's length."""
        at, before = 0, None
        for note in notes:
            sound = self._sound_of(note)
            lead, body = sound[:, :JOIN], sound[:, JOIN:]
            first = self._follower.first_gain(body, _read(stem, note))
            if before is not None:
                joined = note.start == at
                if joined:
                    _faded_out(before.body, JOIN)[:, -JOIN:] += lead
                yield self._levelled(before, stem, first if joined else None)
            if note.start > at:
                yield from _rest(note.start - at, lead * np.float32(first))
            at, before = note.end, _Played(note, body)
        if before is not None:
            yield self._levelled(before, stem, None)
        yield from _rest(stem.n_samples - at, silent(0))

    def _levelled(self, played: _Played, stem: Stem, ends_with: float | None) -> Samples:
        if ends_with is None:
            _faded_out(played.body, RELEASE)
        model = _read(stem, played.note)
        return self._follower.levelled(played.body, model, ends_with, JOIN)

    def _sound_of(self, note: Note) -> Samples:
        """A note from ``JOIN`` samples before its start on, faded in over these."""
        n_voices = len(note.pitches)
        if note.strikes or not self._places:
            unit = self._cast.unit_for(note)
            self._places = [_Place(unit, float(self._cast.grains.starts[unit]))]
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
        grain, rise = self._grain_at(0, place, pitches), 0
        block = self._read(grain, before=JOIN)
        sound[:, : min(JOIN, sound.shape[1])] += block[:, :JOIN]
        block = block[:, JOIN:]
        while grain.at + grain.length < n_samples:
            following, overlap = self._after(grain, block, pitches)
            ahead = self._read(following)
            _add(sound, block, JOIN + grain.at, rise, overlap)
            grain, block, rise = following, ahead, overlap
        _add(sound, block, JOIN + grain.at, rise, 0)
        return _moved_on(grain, n_samples - grain.at)

    def _after(self, grain: _Grain, block: Samples, pitches: Floats) -> tuple[_Grain, int]:
        """The grain that follows, and how far the two overlap: the next one, or one further on."""
        overlap = max(grain.length // 2, 1)
        at = grain.at + grain.length - overlap
        following = self._grain_at(at, _moved_on(grain, grain.length - overlap), pitches)
        if following.length == self._grain:
            return following, overlap
        wanted = pitches[min(at // TARGET_HOP, len(pitches) - 1)]
        need = self._grain * ratio_of(grain.cents)
        index = self._cast.hold_for(grain.place.unit, need, wanted)
        grains = self._cast.grains
        unit = int(grains.hold_units[index])
        held = self._grain_at(at, _Place(unit, float(grains.holds[index])), pitches)
        overlap = min(overlap, max(held.length // 2, 1))
        at = grain.at + grain.length - overlap
        shift = self._aligned(block[:, grain.length - overlap : grain.length], held)
        source = held.place.source + shift * ratio_of(held.cents)
        return _Grain(at, _Place(unit, source), held.length, held.cents), overlap

    def _aligned(self, tail: Samples, held: _Grain) -> int:
        """How much later the next grain is to begin for its waves to fall on those of the last."""
        n = tail.shape[1]
        ahead = self._presses.read(held.place.source, held.cents, n + _SEARCH)
        return _COARSE * likest(_mono(tail), _mono(ahead))

    def _grain_at(self, at: int, place: _Place, pitches: Floats) -> _Grain:
        """The grain that begins at a place, as long as its unit has sound for it."""
        wanted = float(pitches[min(at // TARGET_HOP, len(pitches) - 1)])
        cents = self._cast.moved(wanted, place.source, place.unit)
        room = (self._cast.grains.ends[place.unit] - place.source) / ratio_of(cents)
        return _Grain(at, place, int(np.clip(room, _LEAST, self._grain)), cents)

    def _read(self, grain: _Grain, before: int = 0) -> Samples:
        self._laid += 1
        source = grain.place.source - before * ratio_of(grain.cents)
        return self._presses.read(source, grain.cents, before + grain.length)


def _moved_on(grain: _Grain, by: int) -> _Place:
    return _Place(grain.place.unit, grain.place.source + by * ratio_of(grain.cents))


def _add(sound: Samples, block: Samples, at: int, rise: int, fall: int) -> None:
    """Add a grain with its fades; the fall of one and the rise of the next add up to 1."""
    n = min(block.shape[1], sound.shape[1] - at)
    if rise == 0 and fall == 0:
        sound[:, at : at + n] += block[:, :n]
        return
    window = np.ones(block.shape[1], np.float32)
    window[:rise] = _rise(rise)
    if fall:
        window[len(window) - fall :] *= _rise(fall)[::-1]
    sound[:, at : at + n] += block[:, :n] * window[:n]


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


def _read(stem: Stem, note: Note) -> Samples:
    return stem.read(note.start, note.end - note.start)


def _mono(sound: Samples) -> Floats:
    coarse: Floats = sound.mean(axis=0)[::_COARSE].astype(np.float64)
    return coarse
