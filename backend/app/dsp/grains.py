"""What grains a sound can be cut into: its strikes, and places to sustain from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .performance import BRIGHTNESS_HOP, PITCH_HOP, POWER_HOP, TONE_HOP, Floats, Performance, Places
from .samples import SAMPLE_RATE

MIN_GRAIN = round(0.02 * SAMPLE_RATE)
"""A shorter sound than this is a click: no grain of it has a timbre."""

_ATTACK = round(0.06 * SAMPLE_RATE)  # after a strike, until a sound has settled
_STRUCK = round(0.05 * SAMPLE_RATE)  # what a strike is known by
_UNDER_LOUD = 1e-4  # -40 dB: what is weaker is the end of a sound, and would be lifted out of hiss
_VOICED = 0.1  # of a sound, to be taken for one voice


@dataclass(frozen=True, slots=True)
class Grains:
    """The grains of a sound; places are samples of it, pitches cents over 1 Hz.

    Unit ``k`` reaches from one strike to the next. It can be held by going on from any of its
    ``holds``.

    Attributes
    ----------
    starts, ends : of the units, int64
    levels_db, brightness : of each unit's strike, against the mean of all, in deviations from it
    pitches : of each unit; NaN for what has none
    holds, hold_units, hold_levels_db : places to go on from, their units, and how loud they are
    """

    starts: Places
    ends: Places
    levels_db: Floats
    brightness: Floats
    pitches: Floats
    holds: Places
    hold_units: Places
    hold_levels_db: Floats
    performance: Performance

    @property
    def pitched(self) -> bool:
        """Whether there is a pitch that could be moved."""
        return bool(np.isfinite(self.pitches).any())

    def pitch_at(self, place: float, unit: int) -> float:
        """The pitch at a place of a unit, or of the unit, or of the whole sound; NaN for none."""
        track = self.performance.pitch
        here = track[min(round(place / PITCH_HOP), len(track) - 1)] if len(track) else np.nan
        middle = float(self.pitches[unit])
        # A frame that is another octave than the note it is in, is one that was misheard.
        return float(here) if abs(here - middle) < 300.0 else middle


def grains_of(performance: Performance, grain: int) -> Grains:
    """The grains of a sound that lasts for one at least.

    Parameters
    ----------
    grain : their length, in samples
    """
    starts = _strikes(performance)
    ends = np.append(starts[1:], performance.n_samples)
    spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
    power = [performance.middle_of(performance.power, POWER_HOP, a, a + _STRUCK) for a, _ in spans]
    bright = [
        performance.middle_of(performance.brightness, BRIGHTNESS_HOP, a, min(a + _STRUCK, b))
        for a, b in spans
    ]
    holds, units = _holds(performance, spans, grain)
    return Grains(
        starts=starts,
        ends=ends,
        levels_db=deviations(10.0 * np.log10(np.maximum(power, 1e-12))),
        brightness=deviations(np.array(bright)),
        pitches=_pitches(performance, spans),
        holds=holds,
        hold_units=units,
        hold_levels_db=10.0 * np.log10(np.maximum(_powers_at(performance, holds), 1e-12)),
        performance=performance,
    )


def deviations(values: Floats) -> Floats:
    """How far values lie from their mean, in standard deviations; 0 for what is not known.

    What sounds of one kind differ by is set against what those of another do: the brightest grain
    is played for the brightest note.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros(len(values))
    spread = max(float(known.std()), 1e-3)
    return np.asarray(np.nan_to_num((values - known.mean()) / spread))


def _strikes(performance: Performance) -> Places:
    """The onsets, and the sound's beginning where it does not wait for the first of them."""
    onsets = performance.onsets[performance.onsets < performance.n_samples - MIN_GRAIN // 2]
    loud = performance.power >= 1e-3 * max(performance.loud_power, 1e-12)
    begins = int(loud.argmax()) * POWER_HOP if loud.any() else 0
    if not len(onsets) or onsets[0] - begins > MIN_GRAIN:
        return np.concatenate([[begins], onsets]).astype(np.int64)
    return onsets


def _pitches(performance: Performance, spans: list[tuple[int, int]]) -> Floats:
    """Each unit's pitch: of its voice; where a sound is no single voice, its strongest tone."""
    voiced = np.isfinite(performance.pitch).mean() if len(performance.pitch) else 0.0
    track, hop = performance.pitch, PITCH_HOP
    if voiced < _VOICED and len(performance.tones):
        track, hop = performance.tones[:, 0], TONE_HOP
    found = np.array([performance.middle_of(track, hop, a, b) for a, b in spans])
    whole = performance.middle_of(track, hop, 0, performance.n_samples)
    share = np.isfinite(track).mean() if len(track) else 0.0
    return np.where(np.isfinite(found), found, whole if share >= _VOICED else np.nan)


def _holds(
    performance: Performance, spans: list[tuple[int, int]], grain: int
) -> tuple[Places, Places]:
    """Places every half grain, past the strike, with room for a grain or half of the unit."""
    places: list[int] = []
    units: list[int] = []
    for unit, (start, end) in enumerate(spans):
        first = start + min(_ATTACK, int(0.4 * (end - start)))
        last = end - min(grain, (end - first) // 2)
        here = range(first, max(last, first + 1), grain // 2)
        places.extend(here)
        units.extend([unit] * len(here))
    holds = np.array(places, np.int64)
    heard = _powers_at(performance, holds) >= _UNDER_LOUD * performance.loud_power
    keep: npt.NDArray[np.bool_] = heard if heard.any() else np.ones(len(holds), np.bool_)
    return holds[keep], np.array(units, np.int64)[keep]


def _powers_at(performance: Performance, places: Places) -> Floats:
    if not len(performance.power):
        return np.zeros(len(places))
    cells = np.minimum(places // POWER_HOP + 1, len(performance.power) - 1)
    return performance.power[cells].astype(np.float64)
