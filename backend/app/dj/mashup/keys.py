"""Rate how well a voice's key fits the instruments', and choose its pitch shift."""

from __future__ import annotations

from dataclasses import dataclass

from ..deck import MashupTrack
from ..harmony import Camelot

MAX_SEMITONES = 2  # shifted further, a voice no longer sounds like its singer
IN_TUNE = 1  # neighbours on the Camelot wheel share six of seven notes

DISTANCE_COST = (0.0, 0.15, 0.6, 0.75, 0.85, 0.95, 1.0, 1.0)
"""Cost by steps on the Camelot wheel: one is fine, two are noticed, more are wrong."""

SHIFT_COST = 0.2  # cost of a semitone: between the first and the second step on the wheel

UNKNOWN = 0.6


@dataclass(frozen=True, slots=True)
class KeyFit:
    """A voice's pitch shift, and how well the shifted voice fits.

    It holds the distance of the keys after the shift, a score from 0 to 1, and the reason.
    """

    pitch_semitones: int
    distance: int | None
    score: float
    reason: str


def key_fit(vocals: MashupTrack, under: MashupTrack) -> KeyFit:
    """Find the best pitch shift of a track over another track's instruments."""
    if vocals is under:
        return KeyFit(0, 0, 1.0, "it keeps its own key")
    voice, band = (track.grid.key if track.grid else None for track in (vocals, under))
    if voice is None or band is None:
        who = vocals if voice is None else under
        return KeyFit(0, None, UNKNOWN, f"the key of {who.title} is unknown")
    shift = shift_onto(voice, band)
    distance = voice.moved(shift).distance(band)
    if distance > IN_TUNE:
        return _out_of_tune(voice, band)
    score = 1.0 - DISTANCE_COST[distance] - 0.5 * SHIFT_COST * abs(shift)
    return KeyFit(shift, distance, max(score, 0.05), _reason(voice, band, shift, distance))


def _out_of_tune(voice: Camelot, band: Camelot) -> KeyFit:
    """Fit without a shift: a voice that is out of tune brings its own bass and harmony."""
    reason = (
        f"no shift of up to {MAX_SEMITONES} semitones brings {voice} next to {band} on the wheel:"
        " the voice would bring its own bass and harmony"
    )
    distance = voice.distance(band)
    score = max(1.0 - DISTANCE_COST[distance], 0.05)
    return KeyFit(0, distance, 0.5 * score, reason)


def shifts() -> list[int]:
    """List the allowed pitch shifts in semitones, the smallest first."""
    return sorted(range(-MAX_SEMITONES, MAX_SEMITONES + 1), key=abs)


def shift_onto(key: Camelot, other: Camelot) -> int:
    """The pitch shift in semitones that brings a key in tune with another.

    0 if they are in tune already, or if no shift helps.
    """
    in_tune = [by for by in shifts() if key.moved(by).distance(other) <= IN_TUNE]
    return min(in_tune, key=lambda by: shift_cost(key.moved(by).distance(other), by), default=0)


def shift_cost(distance: int, semitones: int) -> float:
    """Cost of a pitch shift and of the key distance that it leaves."""
    return DISTANCE_COST[distance] + SHIFT_COST * abs(semitones)


def _reason(voice: Camelot, band: Camelot, shift: int, distance: int) -> str:
    off = f"{distance} steps off {band} on the wheel"
    lies = {0: "the same key", 1: f"next to {band} on the wheel"}.get(distance, off)
    if shift:
        s = "" if abs(shift) == 1 else "s"
        return f"shifted by {shift:+d} semitone{s}, {voice} becomes {voice.moved(shift)}, {lies}"
    return f"{voice} is {lies} without a shift" if distance else f"both are in {voice}"
