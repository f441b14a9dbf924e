"""Divide a beat grid into stretches of one tempo, and of one confidence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...contract.analysis import GridStretch
from .beat_grid import STEADY_WITHIN_S
from .onsets import Floats

AROUND = 8  # beats on either side whose median interval tells the tempo
TEMPO_STEP = 0.025
"""Change of tempo from which a new stretch begins; a drifting drummer changes less in two bars."""
PHASE_STEP = 0.15  # an interval that is off by this share is a jump of the grid: a new stretch
SHORTEST_BEATS = 8
ALIKE = 0.1  # parts whose confidences differ less belong to one stretch


@dataclass(frozen=True, slots=True)
class GridPart:
    """Some beats of a track, from ``first`` up to but without ``last``, with their confidences."""

    first: int
    last: int
    confidence: float
    downbeat_confidence: float


def tempo_cuts(beats_s: Floats) -> list[int]:
    """Return the indices of the beats with which a tempo begins, the first beat included."""
    intervals = np.diff(beats_s)
    cuts = [0]
    if len(intervals) < 2 * SHORTEST_BEATS:
        return cuts
    steps = np.array([_step_at(intervals, k) for k in range(len(intervals))])
    steps[: SHORTEST_BEATS - 1] = steps[len(steps) - SHORTEST_BEATS + 1 :] = 0.0
    while steps.max() > TEMPO_STEP:
        k = int(steps.argmax())
        cuts.append(k)
        steps[max(k - SHORTEST_BEATS, 0) : k + SHORTEST_BEATS] = 0.0
    return sorted(cuts)


def _step_at(intervals: Floats, k: int) -> float:
    """How far the tempo, or this interval alone, departs from the beats before."""
    before, after = intervals[max(k - AROUND, 0) : k], intervals[k : k + AROUND]
    if not len(before):
        return 0.0
    usual = float(np.median(before))
    tempo = abs(float(np.log(np.median(after) / usual)))
    jump = abs(float(intervals[k]) / usual - 1.0)
    # A jump outranks the change of tempo that it may cause in the medians nearby.
    return 1.0 + jump if jump > PHASE_STEP else tempo


def find_stretches(beats_s: Floats, parts: list[GridPart]) -> list[GridStretch]:
    """Build the stretches of a grid from parts in order, which must begin at each tempo cut."""
    cuts = set(tempo_cuts(beats_s))
    merged: list[GridPart] = []
    for part in parts:
        if merged and part.first not in cuts and _alike(merged[-1], part):
            part = _joined(merged.pop(), part)
        merged.append(part)
    bounds = [*sorted(cuts), len(beats_s)]
    tempi = {a: _tempo(beats_s[a:b]) for a, b in pairwise(bounds)}
    starts = sorted(tempi)
    stretches = []
    for part in merged:
        tempo_bpm, steady = tempi[max(start for start in starts if start <= part.first)]
        last_s = beats_s[min(part.last, len(beats_s) - 1)]
        stretches.append(
            GridStretch(
                start_s=round(float(beats_s[part.first]), 5),
                end_s=round(float(last_s), 5),
                tempo_bpm=tempo_bpm,
                steady=steady,
                confidence=round(part.confidence, 3),
                downbeat_confidence=round(part.downbeat_confidence, 3),
            )
        )
    return stretches


def _tempo(beats_s: Floats) -> tuple[float, bool]:
    """Return the tempo of some beats, and whether they lie on one line."""
    if len(beats_s) < 2:
        return 0.0, False
    index = np.arange(len(beats_s))
    slope, start = np.polyfit(index, beats_s, 1)
    off_s = np.abs(beats_s - start - slope * index)
    return float(60.0 / slope), bool(np.percentile(off_s, 95.0) < STEADY_WITHIN_S)


def _alike(one: GridPart, other: GridPart) -> bool:
    beat = abs(one.confidence - other.confidence)
    return max(beat, abs(one.downbeat_confidence - other.downbeat_confidence)) < ALIKE


def _joined(one: GridPart, other: GridPart) -> GridPart:
    beats = one.last - one.first, other.last - other.first
    return GridPart(
        one.first,
        other.last,
        float(np.average([one.confidence, other.confidence], weights=beats)),
        float(np.average([one.downbeat_confidence, other.downbeat_confidence], weights=beats)),
    )


def part_bounds(beats_s: Floats, longest: int) -> list[tuple[int, int]]:
    """Cut a grid at its tempo cuts, and then into parts of about ``longest`` beats."""
    bounds = []
    for first, last in pairwise([*tempo_cuts(beats_s), len(beats_s)]):
        n_parts = max(round((last - first) / longest), 1)
        edges = np.round(np.linspace(first, last, n_parts + 1)).astype(int).tolist()
        bounds += list(pairwise(edges))
    return bounds


def mean_confidence(values: list[float], stretches: list[GridStretch]) -> float:
    """Average confidences over the time of their stretches."""
    return float(np.average(values, weights=[one.end_s - one.start_s for one in stretches]))
