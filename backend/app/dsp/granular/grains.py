"""Cut a sound into grains: units that begin with an attack, and positions to sustain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..samples import SAMPLE_RATE
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

MIN_GRAIN = round(0.02 * SAMPLE_RATE)  # a shorter sound is a click: its grains have no timbre

_ATTACK = round(0.06 * SAMPLE_RATE)  # after an attack, until the sound is steady
_STRUCK = round(0.05 * SAMPLE_RATE)  # time over which an attack is measured
_UNDER_TOP = 1e-3  # -30 dB: a unit ends at this level, since amplifying more would raise hiss
_SWELL = 30  # cells of 10 ms: a longer rise sounds like two notes
_SOUNDS = 0.1  # share of a unit's peak power (-10 dB) at which it has risen
_VOICED = 0.1  # least share of voiced frames of a single voice
_OTHER_NOTE = 300.0  # cents: a frame this far from its unit's pitch is a detection error


@dataclass(frozen=True, slots=True)
class Grains:
    """The grains of a sound; positions in samples, pitches in cents over 1 Hz.

    Unit ``k`` reaches from one attack (strike) to the next, or until it has decayed. It is
    sustained from any of its ``holds``.

    Unit ``k`` reaches from one strike to the next, or until it has decayed. It is sustained from
    any of its ``holds``.

    Attributes
    ----------
    starts, risen, ends : of each unit: strike, end of the rise, end; int64
    levels, brightness : of each unit's strike, in standard deviations from the mean
    pitches : of each unit; NaN without a pitch
    holds, hold_units : positions to continue from, and their units
    track : the pitch every ``PITCH_HOP`` samples, without detection errors
    performance : the analysis of the sound
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
        """Whether any unit has a pitch to transpose."""
        return bool(np.isfinite(self.pitches).any())

    def pitch_at(self, place: float) -> float:
        """Return the pitch at a position of the sound; NaN for none."""
        at = min(max(place / PITCH_HOP, 0.0), len(self.track) - 1.0)
        before = int(at)
        after = min(before + 1, len(self.track) - 1)
        return float(self.track[before] + (at - before) * (self.track[after] - self.track[before]))

    def power_at(self, places: Floats) -> Floats:
        """Return the mean square around positions of the sound."""
        power = self.performance.power
        middles = (np.arange(len(power)) + 0.5) * POWER_HOP
        return np.asarray(np.interp(places, middles, power))


def cut_grains(performance: Performance, grain: int) -> Grains:
    """Cut a sound, at least one grain long, into grains of ``grain`` samples."""
    strikes = _strikes(performance)
    nexts = np.append(strikes[1:], performance.n_samples)
    ends = np.array(
        [_decay_end(performance, a, b) for a, b in zip(strikes, nexts, strict=True)], np.int64
    )
    risen = [_rise_end(performance, a, b) for a, b in zip(strikes, ends, strict=True)]
    spans = list(zip(strikes.tolist(), ends.tolist(), strict=True))
    levels, brightness = rate_strikes(performance, spans)
    holds, units = _holds(spans, grain)
    pitches, track = _pitches(performance, spans)
    return Grains(
        starts=strikes,
        risen=np.array(risen, np.int64),
        ends=ends,
        levels=levels,
        brightness=brightness,
        pitches=pitches,
        holds=holds,
        hold_units=units,
        track=track,
        performance=performance,
    )


def rate_strikes(
    performance: Performance, spans: Sequence[tuple[int, int]]
) -> tuple[Floats, Floats]:
    """Level and brightness at the start of each span, in standard deviations."""
    middle_of = performance.middle_of
    power = [middle_of(performance.power, POWER_HOP, start, start + _STRUCK) for start, _ in spans]
    bright = [
        middle_of(performance.brightness, BRIGHTNESS_HOP, start, min(start + _STRUCK, end))
        for start, end in spans
    ]
    levels_db = 10.0 * np.log10(np.maximum(power, 1e-12))
    return deviations(levels_db), deviations(np.array(bright))


def deviations(values: Floats) -> Floats:
    """Standardise values to mean 0 and deviation 1; unknown ones (NaN) become 0.

    Grains and notes are matched by these: the brightest grain plays the brightest note.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros(len(values))
    spread = max(float(known.std()), 1e-3)
    return np.asarray(np.nan_to_num((values - known.mean()) / spread))


def _strikes(performance: Performance) -> Places:
    """The onsets, preceded by the sound's start if it begins before the first onset."""
    onsets = performance.onsets[performance.onsets < performance.n_samples - MIN_GRAIN // 2]
    loud = performance.power >= _UNDER_TOP * max(performance.loud_power, 1e-12)
    begins = int(loud.argmax()) * POWER_HOP if loud.any() else 0
    if not len(onsets) or onsets[0] - begins > MIN_GRAIN:
        return np.concatenate([[begins], onsets]).astype(np.int64)
    return onsets


def _rise_end(performance: Performance, start: int, end: int) -> int:
    """Where a slowly rising unit has risen; the strike itself if it rises immediately.

    A pad that takes 80 ms to rise would be inaudible in short notes, the more the lower they are.
    """
    first = start // POWER_HOP
    power = performance.power[first : min(-(-end // POWER_HOP), first + _SWELL)]
    cells = int((power >= _SOUNDS * power.max(initial=1e-12)).argmax()) if len(power) else 0
    return start if cells <= 2 else min((first + cells) * POWER_HOP, max(end - MIN_GRAIN, start))


def _decay_end(performance: Performance, start: int, end: int) -> int:
    """Find where a unit has decayed."""
    first = start // POWER_HOP
    # The last cell may already contain the next strike.
    power = performance.power[first : max(end // POWER_HOP - 1, first + 1)]
    audible = np.flatnonzero(power >= _UNDER_TOP * power.max(initial=1e-12))
    last = (first + int(audible[-1]) + 1) * POWER_HOP if len(audible) else end
    return max(min(last, end), min(start + MIN_GRAIN, end))


def _pitches(performance: Performance, spans: list[tuple[int, int]]) -> tuple[Floats, Floats]:
    """Pitch of each unit and each frame: of a voice, else of the strongest tone."""
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
    found = np.resize(track, len(frames)).astype(np.float64) if len(track) else middles
    return pitches, np.where(np.abs(found - middles) < _OTHER_NOTE, found, middles)


def _holds(spans: list[tuple[int, int]], grain: int) -> tuple[Places, Places]:
    """List positions every half grain after the attack.

    A grain, or half the unit, is left after each.
    """
    places: list[int] = []
    units: list[int] = []
    for unit, (start, end) in enumerate(spans):
        first = start + min(_ATTACK, int(0.4 * (end - start)))
        last = end - min(grain, (end - first) // 2)
        here: npt.NDArray[np.int64] = np.arange(first, max(last, first + 1), grain // 2)
        places.extend(here.tolist())
        units.extend([unit] * len(here))
    return np.array(places, np.int64), np.array(units, np.int64)
