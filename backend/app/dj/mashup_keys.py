"""How a voice's key goes with the instruments', and by how much it is moved for that."""

from __future__ import annotations

from dataclasses import dataclass

from .deck import Grid
from .harmony import Camelot
from .mashup_deck import MashupTrack

MOST_SEMITONES = 2
"""Two semitones up or down a voice is still the singer's own; past that it is a cartoon."""

IN_TUNE = 1
"""Neighbours on the wheel share six of seven notes."""

DISTANCE_COST = (0.0, 0.15, 0.6, 0.75, 0.85, 0.95, 1.0, 1.0)
"""By steps on the wheel: one is fine, two are heard, and past that it is simply wrong."""

SHIFT_COST = 0.2
"""A semitone costs more than one step on the wheel, and less than the second."""

UNKNOWN = 0.6


@dataclass(frozen=True, slots=True)
class KeyFit:
    """What a voice is moved by, how far it is then off, how good that is (0 to 1), and why."""

    pitch_semitones: int
    distance: int | None
    score: float
    reason: str


def key_fit(vocals: MashupTrack, under: MashupTrack) -> KeyFit:
    """The move in pitch that suits a track best, over another one's instruments."""
    if vocals is under:
        return KeyFit(0, 0, 1.0, "it is in its own key")
    ours, theirs = _key(vocals.grid), _key(under.grid)
    if ours is None or theirs is None:
        who = vocals if ours is None else under
        return KeyFit(0, None, UNKNOWN, f"the key of {who.title} cannot be told")
    shift = shift_onto(ours, theirs)
    distance = ours.moved(shift).distance(theirs)
    if distance > IN_TUNE:
        return _out_of_tune(ours, theirs)
    score = 1.0 - DISTANCE_COST[distance] - 0.5 * SHIFT_COST * abs(shift)
    return KeyFit(shift, distance, max(score, 0.05), _reason(ours, theirs, shift, distance))


def _out_of_tune(ours: Camelot, theirs: Camelot) -> KeyFit:
    """Nothing is moved then: a voice in no key brings its own bass and harmony."""
    reason = (
        f"no move of {MOST_SEMITONES} semitones brings {ours} next to {theirs} on the wheel:"
        " the voice would bring its own bass and harmony"
    )
    distance = ours.distance(theirs)
    score = max(1.0 - DISTANCE_COST[distance], 0.05)
    return KeyFit(0, distance, 0.5 * score, reason)


def moves() -> list[int]:
    """The moves in semitones that are allowed, the least first."""
    return sorted(range(-MOST_SEMITONES, MOST_SEMITONES + 1), key=abs)


def shift_onto(key: Camelot, other: Camelot) -> int:
    """By how many semitones a key is moved to be in tune with another one.

    0 where it is already, and where no move brings it there: a voice that stays out of tune gains
    nothing by being bent.
    """
    in_tune = [by for by in moves() if key.moved(by).distance(other) <= IN_TUNE]
    return min(in_tune, key=lambda by: move_cost(key.moved(by).distance(other), by), default=0)


def move_cost(distance: int, semitones: int) -> float:
    """What it costs to be some steps off on the wheel after a move."""
    return DISTANCE_COST[distance] + SHIFT_COST * abs(semitones)


def _key(grid: Grid | None) -> Camelot | None:
    return grid.key if grid else None


def _reason(ours: Camelot, theirs: Camelot, shift: int, distance: int) -> str:
    off = f"{distance} steps off {theirs} on the wheel"
    lies = {0: "the same key", 1: f"next to {theirs} on the wheel"}.get(distance, off)
    if shift:
        s = "" if abs(shift) == 1 else "s"
        return f"moved by {shift:+d} semitone{s}, {ours} becomes {ours.moved(shift)}, {lies}"
    return f"{ours} is {lies}, and nothing is moved" if distance else f"both are in {ours}"
