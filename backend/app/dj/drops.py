"""Find a track's drops: where its loudness rises most after an intro, a build or a break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..dsp.loudness import Energies
from .deck import Grid
from .levels.short_term import HOPS_PER_S

BARS = 4  # half a phrase on either side: shorter than a build, longer than a fill

RISE_LU = 3.0
"""Least rise from the four bars before a drop to the four bars after it: twice the power. In 24
composed songs, whose sections are known, 17 phrases begin with a rise of 3.1 to 8.4 LU, all where
kick and bass come in; other changes of sections rise by 2.5 LU or less."""

FULL_LU = -1.0
"""Least loudness after a drop, relative to the whole track. Where an intro only gets a little
louder, the rise may be greater than at the drop that follows."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A drop; ``bar`` is the index of its downbeat.

    ``level_lu`` is the loudness of the four bars after it, relative to the track.
    """

    bar: int
    rise_lu: float
    level_lu: float


def drops_of(grid: Grid, powers: Energies) -> tuple[Drop, ...]:
    """Find the phrases that begin with a drop, in order.

    ``powers`` are those of each hop relative to the track's loudness. Where the bars are unknown
    there are no phrases, and so no drops.
    """
    if not grid.analysis.rhythm.metre_is_known:
        return ()
    bars = [bar for bar in range(BARS, len(grid.bars_s) - BARS) if grid.on_phrase(bar)]
    at = np.array(bars, np.int64)
    levels = _levels_lu(powers, grid.bars_s)
    found = zip(bars, levels[at - BARS].tolist(), levels[at].tolist(), strict=True)
    return tuple(
        Drop(bar, after - before, after)
        for bar, before, after in found
        if after - before >= RISE_LU and after >= FULL_LU
    )


def _levels_lu(powers: Energies, bars_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean level of the four bars from each bar on that has so many after it."""
    total = np.concatenate([[0.0], np.cumsum(powers)])
    edges = np.clip(np.rint(bars_s * HOPS_PER_S).astype(np.int64), 0, len(powers))
    starts, ends = edges[:-BARS], edges[BARS:]
    mean = (total[ends] - total[starts]) / np.maximum(ends - starts, 1)
    return np.asarray(10.0 * np.log10(np.maximum(mean, 1e-9)), np.float64)
