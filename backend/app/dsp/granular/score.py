"""Extract the notes of a stem: time, pitch, brightness and level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_closing, median_filter

from ..samples import SAMPLE_RATE
from .grains import rate_strikes
from .performance import (
    PITCH_HOP,
    POWER_HOP,
    TONE_HOP,
    Floats,
    Matrix,
    Performance,
)

Parts = Literal["hits", "voice", "chords"]
"""What a stem consists of: hits without a pitch, one voice, or chords."""

TARGET_HOP = PITCH_HOP
"""A note has a pitch for each step of this size, 86 a second: fifteen for each period of vibrato.
"""

_UNDER_LOUD = 10.0**-4.5  # -45 dB: softer sound is left out
_LEAST_POWER = 1e-9  # -90 dBFS: hiss of the file itself
_REST = round(0.06 * SAMPLE_RATE)  # a shorter gap is no rest
_LONGEST = 4 * SAMPLE_RATE
_LONGEST_CHORD = SAMPLE_RATE // 2
"""Longer notes are cut, to bound memory and to follow chords that change without an attack."""
_SHORTEST = round(0.02 * SAMPLE_RATE)  # shorter is a click, with no time for its fades
_SETTLED = round(0.02 * SAMPLE_RATE)
_CHORD_SPAN = round(0.25 * SAMPLE_RATE)  # length of sound from which a chord's tones are measured
_SAME_CENTS = 60.0
_LOUDER = 1.6  # 2 dB: a string struck again is louder than it was, a held one is not
_BESIDE, _CLEAR = round(0.06 * SAMPLE_RATE), round(0.01 * SAMPLE_RATE)
"""The level is compared 10 to 60 ms before an onset and 60 to 120 ms after it: a drum's bleed is
over by then."""
_SPIKE = 5  # frames: a pitch that jumps and returns within 35 ms is a detection error


@dataclass(frozen=True, slots=True)
class Note:
    """A note over ``[start, end)`` samples.

    Attributes
    ----------
    strikes : whether it begins with a strike, or continues the note before
    pitches : of each voice, in the middle of every ``TARGET_HOP`` samples from its start, in cents
        over 1 Hz, ``(n_voices, n)``; NaN for no pitch
    level, brightness : of its strike, in standard deviations from the mean of all notes
    goes_on : for each voice, the voice of the note before that it continues, or None if it is
        struck; empty if all are continued in order, or all are struck
    """

    start: int
    end: int
    strikes: bool
    pitches: Floats
    level: float = 0.0
    brightness: float = 0.0
    goes_on: tuple[int | None, ...] = ()

    @property
    def attacks(self) -> bool:
        """Whether any of its voices is struck."""
        return self.strikes or None in self.goes_on


def extract_notes(performance: Performance, parts: Parts) -> list[Note]:
    """Extract the notes of a stem, in the order of their starts; none for silence."""
    longest = _LONGEST_CHORD if parts == "chords" else _LONGEST
    spans = [
        cut
        for start, end, strikes in _spans(performance)
        for cut in _cut(start, end, strikes, longest)
    ]
    levels, brightness = rate_strikes(performance, [(start, end) for start, end, _ in spans])
    voice = _filled(performance.pitch) if parts == "voice" else None
    notes = [
        Note(s, e, strikes, _pitches(performance, parts, voice, s, e), float(level), float(light))
        for (s, e, strikes), level, light in zip(spans, levels, brightness, strict=True)
    ]
    return _held_on(notes, performance) if parts == "chords" else notes


def _held_on(notes: list[Note], performance: Performance) -> list[Note]:
    """Let tones of chords go on that an onset of something else interrupts.

    A separated stem contains bleed of drums, and arpeggios over held chords: their onsets strike
    nothing in the tones that go on. If the sound becomes louder, all tones are struck; else those
    that are new, or the weakest.
    """
    held: list[Note] = []
    for note in notes:
        last = held[-1] if held else None
        if last is not None and last.end == note.start:
            note = _continuing(last, note, louder=_is_louder(performance, note))
        held.append(note)
    return held


def _continuing(last: Note, note: Note, *, louder: bool) -> Note:
    """A note whose tones continue those of the last one, as far as they are the same."""
    goes_on = _continued(last, note)
    if not note.strikes:  # a chord that changes without an attack
        return replace(note, goes_on=tuple(place or 0 for place in goes_on))
    if louder or not any(place is not None for place in goes_on[:-1]):
        return note
    if None not in goes_on:
        goes_on = (*goes_on[:-1], None)
    return replace(note, strikes=False, goes_on=goes_on)


def _is_louder(performance: Performance, note: Note) -> bool:
    """Whether a note is louder than the sound just before it."""
    middle, start = performance.middle_of, note.start
    before = middle(performance.power, POWER_HOP, max(start - _BESIDE, 0), start - _CLEAR)
    after = middle(performance.power, POWER_HOP, start + _BESIDE, start + 2 * _BESIDE)
    return after >= _LOUDER * before


def _continued(last: Note, note: Note) -> tuple[int | None, ...]:
    """For each voice of a note, the voice of the last one with the same pitch; None for none."""
    left = dict(enumerate(last.pitches[:, -1].tolist()))
    places: list[int | None] = []
    for pitch in note.pitches[:, 0].tolist():
        near = [k for k, before in left.items() if abs(before - pitch) < _SAME_CENTS]
        places.append(near[0] if near else None)
        if near:
            del left[near[0]]
    return tuple(places)


def _sounding(performance: Performance) -> npt.NDArray[np.bool_]:
    """Cells of ``POWER_HOP`` samples that contain sound; gaps too short for a rest are filled."""
    least = max(_UNDER_LOUD * performance.loud_power, _LEAST_POWER)
    width = _REST // POWER_HOP
    padded = np.pad(performance.power > least, width)
    closed = binary_closing(padded, np.ones(width, np.bool_))
    return np.asarray(closed[width:-width])


def _spans(performance: Performance) -> list[tuple[int, int, bool]]:
    """Notes from each onset, or return of sound, to the next one or the end of the sound."""
    sounding = _sounding(performance).astype(np.int8)
    edges = np.diff(np.concatenate([[0], sounding, [0]]))
    spans: list[tuple[int, int, bool]] = []
    for first, last in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        begin, end = int(first) * POWER_HOP, min(int(last) * POWER_HOP, performance.n_samples)
        # A cell may sound because of an onset in its last millisecond, or just after it.
        inside = performance.onsets[
            (performance.onsets >= begin - POWER_HOP) & (performance.onsets < end - POWER_HOP)
        ]
        starts = inside.tolist()
        if not starts or starts[0] > begin + 2 * POWER_HOP:
            starts.insert(0, begin)
        spans += [(a, b, True) for a, b in zip(starts, [*starts[1:], end], strict=True)]
    return _forward(spans)


def _forward(spans: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """Begin each span after the previous one; drop those that become too short."""
    ordered: list[tuple[int, int, bool]] = []
    for start, end, strikes in spans:
        begin = max(start, ordered[-1][1]) if ordered else max(start, 0)
        if end - begin >= _SHORTEST:
            ordered.append((begin, end, strikes))
    return ordered


def _cut(start: int, end: int, strikes: bool, longest: int) -> list[tuple[int, int, bool]]:
    """Cut a note into equal parts of at most ``longest``; only the first has an attack."""
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
    # At a strike, the window still contains the previous note: read the pitch a little later.
    middles = start + TARGET_HOP * (np.arange(count) + 0.5)
    at = np.maximum(middles, min(start + 2 * _SETTLED, end)) / PITCH_HOP
    pitches: Floats = np.interp(at, np.arange(len(voice)), voice)
    return pitches[None, :]


def _chord(tones: Matrix, start: int, end: int) -> Floats:
    """The most frequent tones in the first part of a note; one NaN if there are none."""
    first = (start + _SETTLED) // TONE_HOP + 1
    last = max(min(end, start + _CHORD_SPAN) // TONE_HOP, first + 1)
    left = tones[first:last].astype(np.float64).ravel()
    left = left[np.isfinite(left)]
    chord: list[float] = []
    rows = max(len(tones[first:last]), 1)
    while len(left) and len(chord) < tones.shape[1]:
        near = np.abs(left[:, None] - left[None, :]) < _SAME_CENTS
        most = int(near.sum(axis=1).argmax())
        if chord and near[most].sum() < 0.5 * rows:
            break
        chord.append(float(np.median(left[near[most]])))
        left = left[~near[most]]
    return np.array(chord or [np.nan])


def _filled(pitch: Matrix) -> Matrix:
    """Fill frames without a pitch with the nearest one: a consonant belongs to its note."""
    known = np.flatnonzero(np.isfinite(pitch))
    if not len(known):
        return pitch
    places = np.arange(len(pitch))
    after = np.clip(np.searchsorted(known, places), 0, len(known) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(places - known[before]) < np.abs(known[after] - places)
    filled = pitch[np.where(nearer, known[before], known[after])]
    return np.asarray(median_filter(filled, _SPIKE))
