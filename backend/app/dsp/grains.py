"""What grains a sound can be cut into: its strikes, and places to sustain from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .performance import (
    BRIGHTNESS_HOP,
    PITCH_HOP,
    POWER_HOP,
    TONE_HOP,
    Floats,
    Matrix,
    Performance,
    Places,
)
from .samples import SAMPLE_RATE

MIN_GRAIN = round(0.02 * SAMPLE_RATE)
"""A shorter sound than this is a click: no grain of it has a timbre."""

_ATTACK = round(0.06 * SAMPLE_RATE)  # after a strike, until a sound has settled
_STRUCK = round(0.05 * SAMPLE_RATE)  # what a strike is known by
_UNDER_TOP = 1e-3  # -30 dB: where a unit has died away, and would be lifted out of hiss
_SWELL = 30  # cells of 10 ms: what takes longer to rise is heard as two sounds
_SOUNDS = 0.1  # of a unit's power: 10 dB under what it rises to
_VOICED = 0.1  # of a sound, to be taken for one voice
_OTHER_NOTE = 300.0  # cents: a frame so far from its unit was misheard


@dataclass(frozen=True, slots=True)
class Grains:
    """The grains of a sound; places are samples of it, pitches cents over 1 Hz.

    Unit ``k`` reaches from one strike to the next, or to where it has died away. It is held by
    going on from any of its ``holds``.

    Attributes
    ----------
    starts, risen, ends : of the units, where they strike, have come to sound, and end; int64
    levels, brightness : of each unit's strike, in deviations from the mean of all
    pitches : of each unit; NaN for what has none
    holds, hold_units : places to go on from, and their units
    track : the pitch every ``PITCH_HOP`` samples, without what was misheard
    performance : what they were cut by
    """

    starts: Places
    risen: Places
    ends: Places
    levels: Floats
    brightness: Floats
    pitches: Floats
    holds: Places
    hold_units: Places
    track: Floats
    performance: Performance

    @property
    def pitched(self) -> bool:
        """Whether there is a pitch that could be moved."""
        return bool(np.isfinite(self.pitches).any())

    def pitch_at(self, place: float) -> float:
        """The pitch at a place of the sound; NaN for none."""
        at = min(max(place / PITCH_HOP, 0.0), len(self.track) - 1.0)
        before = int(at)
        after = min(before + 1, len(self.track) - 1)
        return float(self.track[before] + (at - before) * (self.track[after] - self.track[before]))

    def power_at(self, places: Floats) -> Floats:
        """The mean square round places of the sound."""
        power = self.performance.power
        middles = (np.arange(len(power)) + 0.5) * POWER_HOP
        return np.asarray(np.interp(places, middles, power))


def grains_of(performance: Performance, grain: int) -> Grains:
    """The grains of a sound that lasts for one at least; ``grain`` is their length in samples."""
    strikes = _strikes(performance)
    nexts = np.append(strikes[1:], performance.n_samples)
    ends = np.array(
        [_died_away(performance, a, b) for a, b in zip(strikes, nexts, strict=True)], np.int64
    )
    risen = [_risen(performance, a, b) for a, b in zip(strikes, ends, strict=True)]
    spans = list(zip(strikes.tolist(), ends.tolist(), strict=True))
    power = [performance.middle_of(performance.power, POWER_HOP, a, a + _STRUCK) for a, _ in spans]
    bright = [
        performance.middle_of(performance.brightness, BRIGHTNESS_HOP, a, min(a + _STRUCK, b))
        for a, b in spans
    ]
    holds, units = _holds(spans, grain)
    pitches, track = _pitches(performance, spans)
    return Grains(
        starts=strikes,
        risen=np.array(risen, np.int64),
        ends=ends,
        levels=deviations(10.0 * np.log10(np.maximum(power, 1e-12))),
        brightness=deviations(np.array(bright)),
        pitches=pitches,
        holds=holds,
        hold_units=units,
        track=track,
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
    loud = performance.power >= _UNDER_TOP * max(performance.loud_power, 1e-12)
    begins = int(loud.argmax()) * POWER_HOP if loud.any() else 0
    if not len(onsets) or onsets[0] - begins > MIN_GRAIN:
        return np.concatenate([[begins], onsets]).astype(np.int64)
    return onsets


def _risen(performance: Performance, start: int, end: int) -> int:
    """Where a unit that swells in has come to sound; the strike itself, of one that is struck.

    A pad that takes 80 ms to rise would miss every short note, the more the lower it is played.
    """
    first = start // POWER_HOP
    power = performance.power[first : min(-(-end // POWER_HOP), first + _SWELL)]
    cells = int((power >= _SOUNDS * power.max(initial=1e-12)).argmax()) if len(power) else 0
    return start if cells <= 2 else min((first + cells) * POWER_HOP, max(end - MIN_GRAIN, start))


def _died_away(performance: Performance, start: int, end: int) -> int:
    """Where a unit is heard no more."""
    first = start // POWER_HOP
    # The last cell may have the next strike in it already.
    power = performance.power[first : max(end // POWER_HOP - 1, first + 1)]
    heard = np.flatnonzero(power >= _UNDER_TOP * power.max(initial=1e-12))
    last = (first + int(heard[-1]) + 1) * POWER_HOP if len(heard) else end
    return max(min(last, end), min(start + MIN_GRAIN, end))


def _pitches(performance: Performance, spans: list[tuple[int, int]]) -> tuple[Floats, Floats]:
    """Each unit's pitch, and that of every frame: of the voice that a sound is; where it is none,
    its strongest tone."""
    track: Matrix = performance.pitch
    voiced = np.isfinite(track).mean() if len(track) else 0.0
    if voiced < _VOICED and len(performance.tones):
        track = np.repeat(performance.tones[:, 0], TONE_HOP // PITCH_HOP)
        voiced = np.isfinite(track).mean()
    whole = performance.middle_of(track, PITCH_HOP, 0, performance.n_samples)
    found = np.array([performance.middle_of(track, PITCH_HOP, a, b) for a, b in spans])
    pitches = np.where(np.isfinite(found), found, whole if voiced >= _VOICED else np.nan)
    frames = np.arange(max(len(track), 1)) * PITCH_HOP
    unit_of = np.searchsorted([a for a, _ in spans], frames, side="right") - 1
    middles = pitches[np.maximum(unit_of, 0)]
    heard = np.resize(track, len(frames)).astype(np.float64) if len(track) else middles
    return pitches, np.where(np.abs(heard - middles) < _OTHER_NOTE, heard, middles)


def _holds(spans: list[tuple[int, int]], grain: int) -> tuple[Places, Places]:
    """Places every half grain, past the strike, with room for a grain or half of the unit."""
    places: list[int] = []
    units: list[int] = []
    for unit, (start, end) in enumerate(spans):
        first = start + min(_ATTACK, int(0.4 * (end - start)))
        last = end - min(grain, (end - first) // 2)
        here: npt.NDArray[np.int64] = np.arange(first, max(last, first + 1), grain // 2)
        places.extend(here.tolist())
        units.extend([unit] * len(here))
    return np.array(places, np.int64), np.array(units, np.int64)
