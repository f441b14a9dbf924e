"""Reduce a waveform's peaks to what a screen can show."""

from __future__ import annotations

from collections.abc import Sequence


def thinned(peaks: Sequence[float], n_most: int) -> list[float]:
    """Reduce ``peaks`` to at most ``n_most``, each the largest of a group.

    Peaks are rounded to three decimals.
    """
    width = max(1, -(-len(peaks) // n_most))
    return [round(max(peaks[i : i + width]), 3) for i in range(0, len(peaks), width)]
