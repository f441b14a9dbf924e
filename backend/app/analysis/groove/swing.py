"""Measure where eighths and sixteenths lie within the beat."""

from __future__ import annotations

import numpy as np

from ...contract.analysis import Subdivision
from ..rhythm.onsets import Floats
from .bar_fold import CELLS

_NEAR = 3  # cells on either side that belong to a stroke: a frame, and a drummer's jitter
_EIGHTHS = (0.42, 0.71)
"""Where the second eighth of a beat may lie: straight at 0.5, of a triplet at 0.67."""
_SIXTEENTHS = (0.38, 0.9)
"""Where the second sixteenth of an eighth may lie: as far as hip-hop producers delay it."""
_SHUFFLED = 0.57  # eighths from here on are no halves, and sixteenths then have no fixed place
_OTHERS = 0.6  # how strong, beside late eighths, other strokes off the beat may be
_OFF_BEAT = slice(round(0.2 * CELLS), round(0.85 * CELLS))
_LEAST = 0.05  # strength of a stroke relative to that on the beat: softer ones are not noticed
_CLEAR = 3.0  # how far a stroke rises above the median of all cells


def subdivisions_of(beat: Floats) -> tuple[Subdivision | None, Subdivision | None]:
    """Find the eighths and the sixteenths in the onsets of an average beat.

    Late eighths are only believed if little else is played off the beat: where half the tempo was
    found, sixteenths lie at 0.625, and at 0.75 as well.

    Parameters
    ----------
    beat : onset strength in ``CELLS`` parts of a beat, ``(CELLS,)``

    Returns
    -------
    The position of the second eighth in its beat, and of the second sixteenth in its eighth; None
    if it is not played. Positions are relative to the strokes on the beat.
    """
    zero, on_beat = _stroke(beat, 0)
    if on_beat <= 0.0:
        return None, None
    eighths = _found(beat, _EIGHTHS, zero, on_beat)
    if eighths and eighths.at >= _SHUFFLED:
        return (eighths if _plays_alone(beat, eighths.at * CELLS + zero) else None), None
    halves = (beat[: CELLS // 2] + beat[CELLS // 2 :]) / 2.0
    return eighths, _found(halves, _SIXTEENTHS, zero, on_beat)


def _found(
    cells: Floats, between: tuple[float, float], zero: float, on_beat: float
) -> Subdivision | None:
    """Find the strongest stroke in a range of a beat or half beat."""
    n = len(cells)
    blurred = _blurred(cells)
    peaks = [
        at
        for at in range(round(n * between[0]), round(n * between[1]) + 1)
        if blurred[at] >= max(blurred[at - 1], blurred[(at + 1) % n])
    ]
    best = max(peaks, key=lambda at: float(blurred[at]), default=0)
    at, strength = _stroke(cells, best)
    share = min(strength / on_beat, 1.0)
    if not best or share < _LEAST or blurred[best] < _CLEAR * float(np.median(cells)):
        return None
    return Subdivision(at=round((at - zero) / n, 3), strength=round(share, 2))


def _plays_alone(beat: Floats, at: float) -> bool:
    """Whether the strokes at a cell are the only strong ones off the beat."""
    blurred = _blurred(beat)
    near = np.abs(np.arange(CELLS) - at) <= _NEAR
    others = np.where(near, 0.0, blurred)[_OFF_BEAT]
    return bool(others.max() < _OTHERS * blurred[near].max())


def _blurred(cells: Floats) -> Floats:
    return np.asarray((np.roll(cells, 1) + 2.0 * cells + np.roll(cells, -1)) / 4.0)


def _stroke(cells: Floats, near: int) -> tuple[float, float]:
    """The centre of the onsets near a cell, and their sum."""
    away = np.arange(-_NEAR, _NEAR + 1)
    rises = cells[(near + away) % len(cells)]
    total = float(rises.sum())
    return near + (float(rises @ away) / total if total > 0.0 else 0.0), total
