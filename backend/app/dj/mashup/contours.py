"""Give a mashup its vibe's loudness contour, by moves of the fader after the effects.

The levels of parts follow from which stems play and from the compressor; they are measured on the
mix, and the fader adds what is missing to the planned contour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...contract.mashups import MashupSection
from ...dsp.loudness import HOP, Energies
from ...dsp.samples import SAMPLE_RATE, gain_of_db, samples
from ..joins.shapes.automation import PRE_ROLL
from ..timeline import Effect
from .automation import STEP

EDGE_BARS = 4
"""Bars at both ends of a part that are measured, and at most half of it: half a phrase, after which
a listener knows how loud a part is."""

MAX_RANGE_DB = 15.0
"""The fader moves by this much at most: a part that is still softer is a rest, not to be raised."""

_SILENT_LUFS = -60.0
_OFFSET_LUFS = -0.691  # BS.1770-4, equation 2

Edges = tuple[float, float]


def contour_effects(sections: Sequence[MashupSection], energies: Energies) -> tuple[Effect, ...]:
    """The fader's moves that bring a mix to its contour, as a level that only lowers.

    ``energies`` are the K-weighted mean squares of each 100 ms of the mix after its effects.
    """
    knots: list[tuple[int, float]] = []
    for number, section in enumerate(sections):
        knots += _part_knots(section, energies, last=number == len(sections) - 1)
    if not knots:
        return ()
    at, gains_db = [place for place, _ in knots], np.array([gain for _, gain in knots])
    gains_db = np.maximum(gains_db - gains_db.max(), -MAX_RANGE_DB)
    lowest_db = float(gains_db.min())
    if lowest_db > -0.01:
        return ()
    shares = (1.0 - 10.0 ** (gains_db / 20.0)) / (1.0 - gain_of_db(lowest_db))
    points = tuple((place, round(float(share), 6)) for place, share in zip(at, shares, strict=True))
    length = at[-1] + HOP * len(energies)  # the last value holds over the reverb's tail
    return (Effect("level", 0, length, points, 0.0, gain_db=lowest_db),)


def edge_levels_lufs(section: MashupSection, energies: Energies) -> Edges | None:
    """Loudness of a part's first and last bars; None if either is silent."""
    edge_s = _edge_s(section)
    first = _mean_lufs(energies, section.start_s, section.start_s + edge_s)
    last = _mean_lufs(energies, section.end_s - edge_s, section.end_s)
    return (first, last) if min(first, last) > _SILENT_LUFS else None


def _part_knots(
    section: MashupSection, energies: Energies, *, last: bool
) -> list[tuple[int, float]]:
    """Gains at a part's ends and in the middles of its measured bars; none if it is silent.

    The last part's end is not raised, since it fades out.
    """
    levels = edge_levels_lufs(section, energies)
    if levels is None or section.contour_lu is None:
        return []
    begin = samples(section.start_s) - (PRE_ROLL if section.start_s else 0)
    end, half_edge = samples(section.end_s) - PRE_ROLL, samples(_edge_s(section) / 2.0)
    middles = begin + half_edge, end - half_edge
    share = half_edge / max(end - begin, 1)
    start_lu, slope_lu = section.contour_lu[0], section.contour_lu[1] - section.contour_lu[0]
    wanted = start_lu + share * slope_lu, start_lu + (1.0 - share) * slope_lu
    gains = [lu - measured for lu, measured in zip(wanted, levels, strict=True)]
    if last:
        gains[1] = gains[0] + wanted[1] - wanted[0]
    knots = {begin: gains[0], middles[0]: gains[0]}
    knots |= {middles[1]: gains[1], end - STEP: gains[1]}
    return sorted(knots.items())


def _edge_s(section: MashupSection) -> float:
    bar_s = (section.end_s - section.start_s) / section.bars
    return bar_s * max(min(EDGE_BARS, section.bars // 2), 0.5)


def _mean_lufs(energies: Energies, from_s: float, to_s: float) -> float:
    hops_per_s = SAMPLE_RATE / HOP
    first = min(max(round(from_s * hops_per_s), 0), max(len(energies) - 1, 0))
    part = energies[first : max(round(to_s * hops_per_s), first + 1)]
    power = float(part.mean()) if len(part) else 0.0
    return _OFFSET_LUFS + 10.0 * math.log10(max(power, 1e-12))
