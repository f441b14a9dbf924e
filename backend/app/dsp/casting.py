"""Which grain plays what: the unit for a note, the place to go on from, how far it is moved."""

from __future__ import annotations

from collections import deque

import numpy as np

from .grains import Grains
from .performance import Floats
from .score import Note

LOWEST_CENTS, HIGHEST_CENTS = -3600.0, 2400.0
"""How far grains are moved at most; what is farther off is played in the nearest octave within it.
Two octaves up every formant is a mouse's. Down, a bass line out of a plucked string at middle C is
30 semitones away, and an octave too high it would carry no song."""

NOT_AGAIN = 4
"""A unit, or a place to go on from, is not taken again within as many others, as far as there are
others: the ear takes repetition for a machine after three times."""

# What an octave of transposition, a deviation of brightness and one of level weigh in the choice of
# a unit, and a note that is longer than what there is of it. The unit that follows the last one is
# taken unless another is better by more than what a run is worth.
_OCTAVE, _BRIGHT, _LEVEL, _SHORT = 1.0, 1.0, 0.5, 0.5
_RUN = 0.6
_TAKEN = 100.0


class Casting:
    """Chooses grains for notes, one after the other. The same notes get the same grains.

    ``moves`` says whether grains are moved to the pitch of the notes.
    """

    def __init__(self, grains: Grains, *, moves: bool) -> None:
        self.grains = grains
        self.moves = moves and grains.pitched
        self.sources: set[int] = set()
        self._units: deque[int] = deque(maxlen=min(NOT_AGAIN, len(grains.starts) - 1))
        self._holds: deque[int] = deque(maxlen=min(NOT_AGAIN, len(grains.holds) - 1))
        self._last = -1

    def unit_for(self, note: Note) -> int:
        """The unit that plays a note's strike: near in pitch, brightness and level, long enough."""
        grains = self.grains
        cost = _BRIGHT * np.abs(grains.brightness - note.brightness)
        cost += _LEVEL * np.abs(grains.levels - note.level)
        lengths = (grains.ends - grains.starts) / (note.end - note.start)
        cost += _SHORT * np.maximum(1.0 - lengths, 0.0)
        if self.moves and np.isfinite(note.pitches[0, 0]):
            away = np.abs(note.pitches[0, 0] - grains.pitches) / 1200.0
            cost += _OCTAVE * np.nan_to_num(away)
        cost[list(self._units)] += _TAKEN
        if 0 <= self._last + 1 < len(cost):
            cost[self._last + 1] -= _RUN
        self._last = int(cost.argmin())
        self._units.append(self._last)
        self.sources.add(int(grains.starts[self._last]))
        return self._last

    def hold_for(self, unit: int, need: float) -> int:
        """Where a sound goes on when a unit is through: another place in it, with room.

        Parameters
        ----------
        need : how much of the sound is wanted, in samples

        Returns
        -------
        an index into ``grains.holds``
        """
        grains = self.grains
        room = grains.ends[grains.hold_units] - grains.holds
        cost = np.maximum(1.0 - room / max(need, 1.0), 0.0)
        cost += np.where(grains.hold_units == unit, 0.0, 4.0)
        cost[list(self._holds)] += 2.0
        hold = int(cost.argmin())
        self._holds.append(hold)
        self.sources.add(int(grains.holds[hold]))
        return hold

    def moved(self, wanted: float, place: float) -> float:
        """By how many cents the sound at a place is moved to have a pitch; 0 where it has none."""
        if not self.moves:
            return 0.0
        shift = wanted - self.grains.pitch_at(place)
        return within_range(shift) if np.isfinite(shift) else 0.0


def within_range(cents: float) -> float:
    """A shift, by whole octaves more or less, within what grains bear."""
    if cents < LOWEST_CENTS:
        return cents + 1200.0 * float(np.ceil((LOWEST_CENTS - cents) / 1200.0))
    if cents > HIGHEST_CENTS:
        return cents - 1200.0 * float(np.ceil((cents - HIGHEST_CENTS) / 1200.0))
    return cents


def likest(tail: Floats, ahead: Floats) -> int:
    """How far into ``ahead`` the stretch begins that is most like ``tail``, in samples.

    The normalised cross-correlation has its largest value there (WSOLA, Verhelst & Roelands 1993).
    """
    n = len(tail)
    if len(ahead) <= n or not np.any(tail):
        return 0
    products = np.correlate(ahead, tail, "valid")
    running = np.concatenate([[0.0], np.cumsum(np.square(ahead, dtype=np.float64))])
    energy = running[n:] - running[:-n]
    return int((products / np.sqrt(np.maximum(energy, 1e-9))).argmax())
