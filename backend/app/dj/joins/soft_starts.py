"""Fades that hold the outgoing track while the incoming one begins softly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...dsp.loudness import Energies
from ..levels.short_term import HOPS_PER_S
from ..pair import Pair

HOLD_S = 1.0
SHORTEST_S, LONGEST_S = 3.0, 14.0
"""A fade into a soft beginning lasts until a second after it. Meanwhile two unmatched rhythms
are hardly heard at once, and the outgoing track covers what would be a hole."""

_SOFT_LU = 5.0


def held_fades_s(pair: Pair, moves_s: Sequence[float]) -> set[float]:
    """Lengths of fades over the incoming track's soft beginning, or what is left of it.

    ``moves_s`` are the seconds after its beginning at which the track may enter.
    """
    start_s = pair.incoming.music_start_s
    soft_s = [soft_start_s(pair.in_power, start_s + by) for by in moves_s]
    return {length + HOLD_S for length in soft_s if SHORTEST_S < length <= LONGEST_S}


def soft_start_s(powers: Energies, from_s: float) -> float:
    """How long a track stays 5 LU below its loudness from a second on.

    ``powers`` are relative to its loudness; single seconds are averaged.
    """
    later, width = powers[round(from_s * HOPS_PER_S) :], round(HOPS_PER_S)
    if len(later) < width:
        return 0.0
    total = np.concatenate([[0.0], np.cumsum(later)])
    full = (total[width:] - total[:-width]) / width > 10.0 ** (-_SOFT_LU / 10.0)
    return float(full.argmax()) / HOPS_PER_S
