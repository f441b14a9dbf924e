"""Balance the stems, duck them after kicks, and limit the sum."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from composer.song import SAMPLE_RATE, STEMS, Samples, StemName, Times

# RMS of each stem while it plays, relative to the drums: they lead, and the voice is louder than
# the chords.
STEM_LEVEL_DB: dict[StemName, float] = {"drums": 0.0, "bass": -1.5, "other": -4.0, "vocals": -3.0}
# Enough below full scale that the peaks between samples also stay under -1 dBFS.
CEILING = 10.0 ** (-1.6 / 20.0)
# The limiter looks this far ahead and back: longer than a bass period, so it adds no distortion.
LIMITER_S = 0.020
PUMP_S = 0.11


def balance(stems: dict[StemName, Samples]) -> None:
    """Scale each stem in place to its level; samples below 0.001 of its peak don't count."""
    for name in STEMS:
        stem = stems[name]
        peak = float(np.abs(stem).max())
        if peak > 0.0:
            sounding = stem[np.abs(stem) > 0.001 * peak]
            rms = float(np.sqrt(np.mean(np.square(sounding, dtype=np.float64))))
            stem *= np.float32(10.0 ** (STEM_LEVEL_DB[name] / 20.0) / rms)


def pump(stem: Samples, kicks: Times, depth: float) -> None:
    """Lower a stem in place after each kick, like a side-chain compressor."""
    n = round(4.0 * PUMP_S * SAMPLE_RATE)
    dip = (1.0 - depth * np.exp(-np.arange(n) / (PUMP_S * SAMPLE_RATE))).astype(np.float32)
    for at in np.round(kicks * SAMPLE_RATE).astype(int):
        ducked = stem[:, at : at + n]
        ducked *= dip[: ducked.shape[1]]


def master(stems: dict[StemName, Samples], rms_dbfs: float) -> Samples:
    """Scale the stems in place so that their sum has a level below the ceiling.

    Returns the sum. One gain curve applies to all stems, so that they still add up to the song.
    """
    mix = _sum(stems)
    rms = float(np.sqrt(np.mean(np.square(mix, dtype=np.float64))))
    gain = _limiting_gain(mix, np.float32(10.0 ** (rms_dbfs / 20.0) / rms))
    for name in STEMS:
        stems[name] *= gain
    return _sum(stems)


def _sum(stems: dict[StemName, Samples]) -> Samples:
    total = stems[STEMS[0]].copy()
    for name in STEMS[1:]:
        total += stems[name]
    return total


def _limiting_gain(mix: Samples, drive: np.float32) -> Samples:
    """The gain that raises ``mix`` by ``drive`` but never over the ceiling, shape (n,).

    It is the least gain needed within a window, averaged over that window, so that it is never
    larger than allowed.
    """
    window = 2 * round(LIMITER_S * SAMPLE_RATE) + 1
    peak = np.abs(mix).max(axis=0) * drive
    needed = np.minimum(np.float32(1.0), np.float32(CEILING) / np.maximum(peak, np.float32(1e-9)))
    held = ndimage.minimum_filter1d(needed, window)
    return np.asarray(drive * ndimage.uniform_filter1d(held, window), dtype=np.float32)
