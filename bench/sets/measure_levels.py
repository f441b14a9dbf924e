"""Measure the short-term loudness round and inside a join."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.float64]

_WINDOW_S = 3.0  # EBU R 128's short-term loudness
_ASIDE_S, _REACH_S = 1.5, 11.5  # distances from a join between which its sides are measured
_HOPS_PER_S = 10.0
_OFFSET_LUFS = -0.691  # BS.1770


@dataclass(frozen=True, slots=True)
class JoinLevels:
    """Short-term loudness of a join against the medians of the ten seconds on each side, in LU.

    Attributes
    ----------
    step : the side after less the side before
    dip : the quieter side less the quietest moment inside
    bump : the loudest moment inside less the louder side
    """

    step: float
    dip: float
    bump: float


def join_levels(energies: Times, edges_s: tuple[float, float]) -> JoinLevels | None:
    """Measure a join between two seconds of the mix; None at the mix's very ends.

    ``energies`` is the rendered mix's K-weighted mean square of each 100 ms.
    """
    start_s, end_s = edges_s
    total = np.concatenate([[0.0], np.cumsum(energies)])
    width = round(_WINDOW_S * _HOPS_PER_S)
    levels = _OFFSET_LUFS + 10 * np.log10((total[width:] - total[:-width]) / width + 1e-12)
    centres_s = np.arange(len(levels)) / _HOPS_PER_S + _WINDOW_S / 2
    before = levels[(centres_s > start_s - _REACH_S) & (centres_s <= start_s - _ASIDE_S)]
    after = levels[(centres_s >= end_s + _ASIDE_S) & (centres_s < end_s + _REACH_S)]
    inside = levels[(centres_s >= start_s - _ASIDE_S) & (centres_s <= end_s + _ASIDE_S)]
    if not len(before) or not len(after) or not len(inside):
        return None
    sides = float(np.median(before)), float(np.median(after))
    return JoinLevels(
        step=sides[1] - sides[0],
        dip=min(sides) - float(inside.min()),
        bump=float(inside.max()) - max(sides),
    )
