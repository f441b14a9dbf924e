"""Compare how the drums of two tracks interlock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..contract.analysis import SLOTS, Groove, Subdivision, TrackAnalysis

Values = npt.NDArray[np.float64]

AVERAGE = 0.47
"""Similarity that an unknown groove gets: the mean over all pairs of 24 composed songs of one
tempo, straight and swung, with kicks on every beat or broken ones (``bench.sets.groove``)."""
LEAST_ALIKE = 0.5  # a groove whose own bars are less alike tells nothing about a join

_BAND_WEIGHTS = np.array([0.5, 0.35, 0.15])
"""Weights of low, mid and high drums. Kicks on different beats trip a dancer; hats that fill each
other's gaps sound like one busier pattern, so they hardly count. What spoils hats is the flam."""
_SINGLE_S, _FLAM_S = 0.010, 0.025
"""Strokes up to 10 ms apart sound like one, from 25 ms on like two: a flam. """
_NOTES_S = (0.050, 0.070)  # from 70 ms on, unlike notes no longer sound like one stroke
_LOUD = 0.3  # strokes from this strength on, relative to those on the beat, count in full
_FLAM_COST = 0.5  # share of the similarity that flams throughout take away
_BEATING_HZ = (1.5, 4.0, 12.0, 30.0)
"""Kicks some Hz apart beat: up to 1.5 Hz no swing of loudness ends within a kick of 0.2 s; from 4
to 12 Hz kicks cancel or boost each other at random, and 30 Hz apart they are two drums."""
_NOTICED, _ALIKE = 0.5, 0.7  # flams from here on are named; accents from here on are not
_STRAIGHT = 0.04
_KICK_COST = 0.15  # little, since a bass swap leaves one kick at a time


@dataclass(frozen=True, slots=True)
class TrackGroove:
    """The grooves with which a track begins and ends, and its metre."""

    opening: Groove
    ending: Groove
    beats_per_bar: int

    @classmethod
    def of(cls, analysis: TrackAnalysis | None) -> TrackGroove | None:
        """The track's grooves; None without drums, or where bars are uncertain."""
        if analysis is None or not analysis.grooves or not analysis.rhythm.metre_is_known:
            return None
        grooves = analysis.grooves
        return cls(grooves[0], grooves[-1], analysis.rhythm.beats_per_bar)


@dataclass(frozen=True, slots=True)
class Grooves:
    """Several grooves as arrays; of an unknown one all values are NaN.

    Attributes
    ----------
    accents : low, mid and high ones, of unit length; 0 where silent; ``(3, n, SLOTS)``
    places : the second eighth, and both second sixteenths, in beats, ``(n, 3)``
    strengths : theirs relative to the strokes on the beat, ``(n, 3)``
    kick_hz : pitch of the kick, ``(n,)``
    """

    accents: Values
    places: Values
    strengths: Values
    kick_hz: Values

    @classmethod
    def of(cls, grooves: Sequence[Groove | None]) -> Grooves:
        """Collect grooves; those that are missing or unlike from bar to bar are unknown."""
        known = [one if one and one.confidence >= LEAST_ALIKE else None for one in grooves]
        nothing = [[np.nan] * SLOTS] * 3
        bands = [[one.low, one.mid, one.high] if one else nothing for one in known]
        accents = np.array(bands, np.float64).reshape(-1, 3, SLOTS).transpose(1, 0, 2)
        lengths = np.linalg.norm(accents, axis=2, keepdims=True)
        places = np.array([_places(one) for one in known], np.float64).reshape(-1, 2, 3)
        hz = [one.kick_hz if one and one.kick_hz else np.nan for one in known]
        return cls(
            np.asarray(accents / np.where(lengths > 0.0, lengths, 1.0)),
            places[:, 0],
            places[:, 1],
            np.array(hz, np.float64),
        )


def _places(groove: Groove | None) -> list[list[float]]:
    """Places and strengths of eighths and sixteenths; NaN where none are played."""
    places, strengths = [np.nan] * 3, [np.nan] * 3
    if groove and groove.eighths:
        places[0], strengths[0] = groove.eighths.at, groove.eighths.strength
    if groove and groove.sixteenths:
        at, strength = groove.sixteenths.at / 2.0, groove.sixteenths.strength
        places[1:], strengths[1:] = [at, at + 0.5], [strength, strength]
    return [places, strengths]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How each outgoing groove suits each incoming one, ``(n_out, n_in)``; NaN if unknown.

    Attributes
    ----------
    similarity : 0 to 1, of everything below
    interlock : mean cosine of the accents, 0 to 1; ``bands`` are those of low, mid and high drums
    eighths, sixteenths : how much notes off the beat sound like flams, 0 to 1
    kicks : how much the kicks beat against each other, 0 to 1
    """

    similarity: Values
    interlock: Values
    bands: Values
    eighths: Values
    sixteenths: Values
    kicks: Values


def compare(out: Grooves, into: Grooves, beat_s: Values | float) -> Comparison:
    """Compare all outgoing grooves with all incoming ones at a tempo, one or one for each pair."""
    bands = out.accents @ into.accents.transpose(0, 2, 1)
    plays = [np.abs(one.accents).max(axis=2) != 0.0 for one in (out, into)]  # NaN counts as played
    both = np.asarray(plays[0][:, :, None] & plays[1][:, None, :], np.float64)
    weights = _BAND_WEIGHTS[:, None, None] * both
    total = weights.sum(axis=0)
    interlock = np.where(total > 0.0, (weights * bands).sum(axis=0) / np.maximum(total, 1e-9), 1.0)
    eighths, sixteenths = _flams(out, into, np.asarray(beat_s, np.float64))
    kicks = np.nan_to_num(_ramps(np.abs(out.kick_hz[:, None] - into.kick_hz), *_BEATING_HZ))
    kept = (1.0 - _FLAM_COST * np.maximum(eighths, sixteenths)) * (1.0 - _KICK_COST * kicks)
    # Rounded, so that equal grooves are equal in spite of the sums.
    return Comparison(np.round(interlock * kept, 6), interlock, bands, eighths, sixteenths, kicks)


def _flams(out: Grooves, into: Grooves, beat_s: Values) -> tuple[Values, Values]:
    """Rate the flams of eighths with eighths, and those in which sixteenths take part.

    Eighths against eighths never become two notes of one pattern, however far apart they are:
    straight against a triplet's they stumble.
    """
    flams = np.zeros((3, 3, len(out.places), len(into.places)))
    for one in range(3):
        for other in range(3):
            apart_s = beat_s * np.abs(out.places[:, one, None] - into.places[:, other])
            sounds = _rise(apart_s, _SINGLE_S, _FLAM_S)
            if one != other:
                sounds = _ramps(apart_s, _SINGLE_S, _FLAM_S, *_NOTES_S)
            loud = np.sqrt(out.strengths[:, one, None] * into.strengths[:, other]) / _LOUD
            flams[one, other] = np.nan_to_num(sounds * np.minimum(loud, 1.0))
    sixteenths = np.maximum(flams[1:].max(axis=(0, 1)), flams[:, 1:].max(axis=(0, 1)))
    return flams[0, 0], np.asarray(sixteenths)


def _rise(values: Values, low: float, high: float) -> Values:
    """Grow from 0 at ``low`` to 1 at ``high``."""
    return np.asarray(np.clip((values - low) / (high - low), 0.0, 1.0))


def _ramps(values: Values, low: float, full: float, until: float, gone: float) -> Values:
    """Grow from 0 to 1, stay, and fall back to 0."""
    return _rise(values, low, full) * (1.0 - _rise(values, until, gone))


def words_for(out: Groove, into: Groove, beat_s: float) -> str:
    """Name what separates two grooves most; empty if nothing does."""
    found = compare(Grooves.of([out]), Grooves.of([into]), beat_s)
    eighths, sixteenths = float(found.eighths[0, 0]), float(found.sixteenths[0, 0])
    if eighths >= _NOTICED and out.eighths and into.eighths:
        return _swing_words("eighths", out.eighths, into.eighths)
    if sixteenths >= _NOTICED:
        if out.sixteenths and into.sixteenths:
            return _swing_words("sixteenths", out.sixteenths, into.sixteenths)
        return "swung eighths against sixteenths"
    low, mid, _ = found.bands[:, 0, 0]
    if found.interlock[0, 0] < _ALIKE:
        return "kicks on different beats" if low <= mid else "snares on different beats"
    return "kicks of nearly the same pitch" if found.kicks[0, 0] >= _NOTICED else ""


def _swing_words(notes: str, out: Subdivision, into: Subdivision) -> str:
    feels = ["straight" if abs(one.at - 0.5) < _STRAIGHT else "swung" for one in (out, into)]
    if feels[0] == feels[1]:
        return f"{notes} that swing differently"
    return f"{feels[0]} against {feels[1]} {notes}"
