"""Reliability of stated confidences: how many of those that say 0.9 are right.

The interface is plain arrays, one entry per judged stretch or song, so that any bench can use it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The judged stretches of one range of confidence."""

    confidence: float  # weighted mean of the stated confidences
    right: float  # weighted share that is right
    weight: float  # share of all weight
    count: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A reliability curve: its filled bins by rising confidence, and its calibration error.

    ``ece`` is the expected calibration error of Naeini et al. 2015: the mean distance of confidence
    and share right over the bins, by weight. None if nothing was judged.
    """

    bins: tuple[Bin, ...]
    ece: float | None


def reliability(
    confidences: Sequence[float], weights: Sequence[float], outcomes: Sequence[float]
) -> Curve:
    """Compute the reliability curve of some judged stretches.

    Parameters
    ----------
    confidences : stated probability of being right, 0 to 1
    weights : seconds, or 1 for each song; at least 0
    outcomes : share that is right, 0 to 1

    Raises
    ------
    ValueError
        If the lengths differ, or a value is out of range or not a number.
    """
    stated, weight, right = (np.asarray(v, dtype=float) for v in (confidences, weights, outcomes))
    if not stated.shape == weight.shape == right.shape or stated.ndim != 1:
        raise ValueError("confidences, weights and outcomes must have the same length")
    if not all(np.all((v >= 0.0) & (v <= 1.0)) for v in (stated, right)):
        raise ValueError("confidences and outcomes must lie between 0 and 1")
    if not np.all((weight >= 0.0) & np.isfinite(weight)):
        raise ValueError("weights must be finite, and at least 0")
    # A confidence of 1 belongs to the last bin, which has no upper neighbour.
    index = np.minimum((stated * BINS).astype(int), BINS - 1)
    total = float(weight.sum())
    filled = [index == b for b in range(BINS) if weight[index == b].sum() > 0.0]
    bins = tuple(
        Bin(
            confidence=float(np.average(stated[chosen], weights=weight[chosen])),
            right=float(np.average(right[chosen], weights=weight[chosen])),
            weight=float(weight[chosen].sum() / total),
            count=int(chosen.sum()),
        )
        for chosen in filled
    )
    ece = sum(b.weight * abs(b.confidence - b.right) for b in bins) if bins else None
    return Curve(bins, ece)


def curve_table(title: str, curves: Mapping[str, Curve]) -> str:
    """Format curves, one row per bin: mean confidence, share right, share of weight, count."""
    lines = [f"{title:24}  confidence  right  weight  count"]
    for name, curve in curves.items():
        ece = "-" if curve.ece is None else f"{curve.ece:.3f}"
        lines.append(f"{name}, ECE {ece}")
        lines += [
            f"{'':24}  {b.confidence:10.2f}  {b.right:5.2f}  {b.weight:6.2f}  {b.count:5}"
            for b in curve.bins
        ]
    return "\n".join(lines)
