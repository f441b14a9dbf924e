"""The notes of a stem, to be played again: when, at what pitch, how bright, how loud."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_closing, median_filter

from .grains import deviations
from .performance import (
    BRIGHTNESS_HOP,
    PITCH_HOP,
    POWER_HOP,
    TONE_HOP,
    Floats,
    Matrix,
    Performance,
)
from .samples import SAMPLE_RATE

Parts = Literal["hits", "voice", "chords"]
"""What a stem consists of: hits without a pitch, one voice, or tones that sound together."""

TARGET_HOP = PITCH_HOP
"""Pitches of a note are told this often, 86 times a second: fifteen to a period of vibrato."""

_UNDER_LOUD = 10.0**-4.5  # -45 dB: nothing is played for what is softer
_LEAST_POWER = 1e-9  # -90 dBFS, what a single sample at -60 comes to: hiss of the file itself
_REST = round(0.06 * SAMPLE_RATE)  # a shorter gap is no rest
_LONGEST = 4 * SAMPLE_RATE
_LONGEST_CHORD = SAMPLE_RATE // 2
"""Notes are cut after this: to bound memory, and to follow chords that change without a strike."""
_SHORTEST = round(0.02 * SAMPLE_RATE)  # less than this is a click, and has no room for its joins
_SETTLED = round(0.02 * SAMPLE_RATE)
_STRUCK = round(0.05 * SAMPLE_RATE)
_HEARD_FOR = round(0.25 * SAMPLE_RATE)  # how much of a chord tells its tones
_SAME_CENTS = 60.0
_SPIKE = 5  # frames: what is back where it was within 35 ms was misheard


@dataclass(frozen=True, slots=True)
class Note:
    """A note to be played, over ``[start, end)`` samples.

    Attributes
    ----------
    strikes : it begins with a strike; else what was playing goes on
    pitches : of each voice, in the middle of every ``TARGET_HOP`` samples from its start, in cents
        over 1 Hz, ``(n_voices, n)``; NaN for no pitch
    level, brightness : of its strike, in deviations from the mean of all notes
    """

    start: int
    end: int
    strikes: bool
    pitches: Floats
    level: float = 0.0
    brightness: float = 0.0


def score_of(performance: Performance, parts: Parts) -> list[Note]:
    """The notes of a stem, in the order of their starts; none for silence."""
    longest = _LONGEST_CHORD if parts == "chords" else _LONGEST
    spans = [
        cut
        for start, end, strikes in _spans(performance)
        for cut in _cut(start, end, strikes, longest)
    ]
    power = [
        performance.middle_of(performance.power, POWER_HOP, s, s + _STRUCK) for s, _, _ in spans
    ]
    bright = [
        performance.middle_of(performance.brightness, BRIGHTNESS_HOP, s, min(s + _STRUCK, e))
        for s, e, _ in spans
    ]
    levels = deviations(10.0 * np.log10(np.maximum(power, 1e-12)))
    brightness = deviations(np.array(bright))
    voice = _filled(performance.pitch) if parts == "voice" else None
    return [
        Note(s, e, strikes, _pitches(performance, parts, voice, s, e), float(level), float(light))
        for (s, e, strikes), level, light in zip(spans, levels, brightness, strict=True)
    ]


def _sounding(performance: Performance) -> npt.NDArray[np.bool_]:
    """Which cells of ``POWER_HOP`` samples are heard, with gaps too short for a rest filled."""
    least = max(_UNDER_LOUD * performance.loud_power, _LEAST_POWER)
    heard = performance.power > least
    width = _REST // POWER_HOP
    padded = np.pad(heard, width)
    closed = binary_closing(padded, np.ones(width, np.bool_))
    return np.asarray(closed[width:-width])


def _spans(performance: Performance) -> list[tuple[int, int, bool]]:
    """From every onset, and wherever sound comes back, to the next one or to where it ends."""
    sounding = _sounding(performance).astype(np.int8)
    edges = np.diff(np.concatenate([[0], sounding, [0]]))
    spans: list[tuple[int, int, bool]] = []
    for first, last in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        begin, end = int(first) * POWER_HOP, min(int(last) * POWER_HOP, performance.n_samples)
        # A cell may be heard for an onset in its last millisecond, or just after it.
        inside = performance.onsets[
            (performance.onsets >= begin - POWER_HOP) & (performance.onsets < end - POWER_HOP)
        ]
        starts = inside.tolist()
        if not starts or starts[0] > begin + 2 * POWER_HOP:
            starts.insert(0, begin)
        spans += [(a, b, True) for a, b in zip(starts, [*starts[1:], end], strict=True)]
    return _forward(spans)


def _forward(spans: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """The spans without those that would begin before the one before them ends."""
    kept: list[tuple[int, int, bool]] = []
    for start, end, strikes in spans:
        begin = max(start, kept[-1][1]) if kept else max(start, 0)
        if end - begin >= _SHORTEST:
            kept.append((begin, end, strikes))
    return kept


def _cut(start: int, end: int, strikes: bool, longest: int) -> list[tuple[int, int, bool]]:
    """A note in parts of equal length, none longer than ``longest``; only the first one strikes."""
    count = -(-(end - start) // longest)
    edges = [start + (end - start) * k // count for k in range(count + 1)]
    return [(a, b, strikes and k == 0) for k, (a, b) in enumerate(pairwise(edges))]


def _pitches(
    performance: Performance, parts: Parts, voice: Matrix | None, start: int, end: int
) -> Floats:
    count = -(-(end - start) // TARGET_HOP)
    if parts == "chords":
        tones = _chord(performance.tones, start, end)
        return np.repeat(tones[:, None], count, axis=1)
    if voice is None or not len(voice):
        return np.full((1, count), np.nan)
    # At a strike the note before is still in the window: its own pitch is asked for a bit later.
    middles = start + TARGET_HOP * (np.arange(count) + 0.5)
    at = np.maximum(middles, min(start + 2 * _SETTLED, end)) / PITCH_HOP
    told: Floats = np.interp(at, np.arange(len(voice)), voice)
    return told[None, :]


def _chord(tones: Matrix, start: int, end: int) -> Floats:
    """The tones that are heard most in the first part of a note; one NaN where there are none."""
    first = (start + _SETTLED) // TONE_HOP + 1
    last = max(min(end, start + _HEARD_FOR) // TONE_HOP, first + 1)
    heard = tones[first:last].astype(np.float64).ravel()
    heard = heard[np.isfinite(heard)]
    told: list[float] = []
    rows = max(len(tones[first:last]), 1)
    while len(heard) and len(told) < tones.shape[1]:
        near = np.abs(heard[:, None] - heard[None, :]) < _SAME_CENTS
        most = int(near.sum(axis=1).argmax())
        if told and near[most].sum() < 0.5 * rows:
            break
        told.append(float(np.median(heard[near[most]])))
        heard = heard[~near[most]]
    return np.array(told or [np.nan])


def _filled(pitch: Matrix) -> Matrix:
    """Where there is no pitch, the nearest one in time: a consonant belongs to its note."""
    known = np.flatnonzero(np.isfinite(pitch))
    if not len(known):
        return pitch
    places = np.arange(len(pitch))
    after = np.clip(np.searchsorted(known, places), 0, len(known) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(places - known[before]) < np.abs(known[after] - places)
    filled = pitch[np.where(nearer, known[before], known[after])]
    return np.asarray(median_filter(filled, _SPIKE))
