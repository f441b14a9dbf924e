"""Select grains for notes: the unit, the position to continue from, the transposition."""

from __future__ import annotations

from collections import deque

import numpy as np

from .grains import Grains
from .performance import Floats
from .score import Note

LOWEST_CENTS, HIGHEST_CENTS = -3600.0, 2400.0
"""Limits of transposition; notes beyond them are played in the nearest octave within. Two octaves
up, formants sound like a cartoon mouse. A bass line from a string plucked at middle C is 30
semitones down, and an octave higher it would not carry the song."""

NOT_AGAIN = 4
"""A unit, or a position to continue from, is not reused within this many others, if there are
enough: three repeats sound like a machine."""

# Costs of a unit: an octave of transposition, a deviation of brightness, one of level, and a unit
# shorter than the note. The unit after the last one is preferred by the value of a run.
_OCTAVE, _BRIGHT, _LEVEL, _SHORT = 1.0, 1.0, 0.5, 0.5
_RUN = 0.6
_TAKEN = 100.0


class GrainSelector:
    """Selects grains for notes, in order; the same notes get the same grains.

    With ``transposes``, grains are moved to the notes' pitch.
    """

    def __init__(self, grains: Grains, *, transposes: bool) -> None:
        self.grains = grains
        self.transposes = transposes and grains.pitched
        self.sources: set[int] = set()
        self._units: deque[int] = deque(maxlen=min(NOT_AGAIN, len(grains.starts) - 1))
        self._holds: deque[int] = deque(maxlen=min(NOT_AGAIN, len(grains.holds) - 1))
        self._last = -1

    def unit_for(self, note: Note) -> int:
        """Select the unit for a note: near in pitch, brightness and level, long enough."""
        grains = self.grains
        cost = _BRIGHT * np.abs(grains.brightness - note.brightness)
        cost += _LEVEL * np.abs(grains.levels - note.level)
        lengths = (grains.ends - grains.starts) / (note.end - note.start)
        cost += _SHORT * np.maximum(1.0 - lengths, 0.0)
        if self.transposes and np.isfinite(note.pitches[0, 0]):
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
        """Select the index in ``grains.holds`` from which to continue after a unit's end.

        It should have ``need`` samples of sound after it.
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

    def transposition(self, pitch: float, place: float) -> float:
        """Transposition, in cents, of the sound at a position; 0 without a pitch."""
        if not self.transposes:
            return 0.0
        shift = pitch - self.grains.pitch_at(place)
        return within_range(shift) if np.isfinite(shift) else 0.0


def within_range(cents: float) -> float:
    """Move a transposition by whole octaves into the limits."""
    if cents < LOWEST_CENTS:
        return cents + 1200.0 * float(np.ceil((LOWEST_CENTS - cents) / 1200.0))
    if cents > HIGHEST_CENTS:
        return cents - 1200.0 * float(np.ceil((cents - HIGHEST_CENTS) / 1200.0))
    return cents


def best_alignment(tail: Floats, ahead: Floats) -> int:
    """Find the offset into ``ahead``, in samples, of the stretch most like ``tail``.

    It maximises the normalised cross-correlation (WSOLA, Verhelst & Roelands 1993).
    """
    n = len(tail)
    if len(ahead) <= n or not np.any(tail):
        return 0
    products = np.correlate(ahead, tail, "valid")
    running = np.concatenate([[0.0], np.cumsum(np.square(ahead, dtype=np.float64))])
    energy = running[n:] - running[:-n]
    return int((products / np.sqrt(np.maximum(energy, 1e-9))).argmax())
