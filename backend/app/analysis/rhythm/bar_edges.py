"""Compute the times of bar edges, and means over bars."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...contract.analysis import Rhythm

Floats = npt.NDArray[np.float64]


def bar_edges_s(rhythm: Rhythm) -> Floats:
    """Return the starts of all bars and the end of the last bar.

    If the beats stop before the last bar ends, the bar is extended at the last beats' tempo.
    """
    beats = np.asarray(rhythm.beats_s)
    if not rhythm.downbeats or len(beats) < 2:
        return np.zeros(0)
    starts = beats[rhythm.downbeats]
    closing = rhythm.downbeats[-1] + rhythm.beats_per_bar
    if closing < len(beats):
        return np.append(starts, beats[closing])
    missing = closing - (len(beats) - 1)
    return np.append(starts, beats[-1] + missing * float(np.median(np.diff(beats[-9:]))))


def mean_between(values: npt.NDArray[np.floating], rate: float, edges_s: Floats) -> Floats:
    """Average a time series between consecutive edges.

    Value ``k`` of the series begins at ``k / rate`` seconds. ``values`` has shape ``(n, ...)``; the
    result has one row less than there are edges. Beyond the end of the series, its last value is
    used.
    """
    if not len(values):
        return np.zeros((max(len(edges_s) - 1, 0), *values.shape[1:]))
    flat = values.reshape(len(values), -1).astype(np.float64)
    total = np.concatenate([np.zeros((1, flat.shape[1])), np.cumsum(flat, axis=0)])
    at = np.clip(edges_s * rate, 0.0, len(values))
    whole = np.minimum(at.astype(np.intp), len(values) - 1)
    until = total[whole] + (at - whole)[:, None] * flat[whole]
    span = np.diff(at)[:, None]
    means = np.diff(until, axis=0) / np.maximum(span, 1e-9)
    held = np.where(span > 0.0, means, flat[np.minimum(whole[:-1], len(values) - 1)])
    return np.asarray(held.reshape(len(edges_s) - 1, *values.shape[1:]))


def phrase_places(rhythm: Rhythm) -> npt.NDArray[np.intp]:
    """For each downbeat, count the bars since its phrase began."""
    return (np.arange(len(rhythm.downbeats)) - rhythm.phrase_start) % rhythm.phrase_bars
