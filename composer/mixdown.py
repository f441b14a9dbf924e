"""Balance the stems, duck them after kicks, and limit the sum."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from composer.song import SAMPLE_RATE, STEMS, Samples, StemName, Times

# RMS of each stem while it sounds, against the drums: they lead, the voice sits over the chords.
STEM_LEVEL_DB: dict[StemName, float] = {"drums": 0.0, "bass": -1.5, "other": -4.0, "vocals": -3.0}
# Below full scale by enough for the peaks between samples to stay under -1 dBFS too.
CEILING = 10.0 ** (-1.6 / 20.0)
# The limiter looks this far ahead and back: slower than a bass period, so it adds no distortion.
LIMITER_S = 0.020
PUMP_S = 0.11


def balance(stems: dict[StemName, Samples]) -> None:
    """Scale each stem in place to its level; silence below 0.001 of its peak does not count."""
    for name in STEMS:
        stem = stems[name]
        peak = float(np.abs(stem).max())
        if peak > 0.0:
            sounding = stem[np.abs(stem) > 0.001 * peak]
            rms = float(np.sqrt(np.mean(np.square(sounding, dtype=np.float64))))
            stem *= np.float32(10.0 ** (STEM_LEVEL_DB[name] / 20.0) / rms)


def pump(stem: Samples, kicks: Times, depth: float) -> None:
    """Duck a stem in place after each kick, as a side-chain compressor does."""
    n = round(4.0 * PUMP_S * SAMPLE_RATE)
    dip = (1.0 - depth * np.exp(-np.arange(n) / (PUMP_S * SAMPLE_RATE))).astype(np.float32)
    for at in np.round(kicks * SAMPLE_RATE).astype(int):
        ducked = stem[:, at : at + n]
        ducked *= dip[: ducked.shape[1]]


def master(stems: dict[StemName, Samples], rms_dbfs: float) -> Samples:
    """Bring the sum to a level under the ceiling; scales the stems in place, returns their sum.

    One gain curve serves all stems, so they still add up to the song.
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
    """The gain that drives ``mix`` and never lets it past the ceiling, shape (n,).

    The least gain needed within a window, averaged over that window, is nowhere more than needed.
    """
    window = 2 * round(LIMITER_S * SAMPLE_RATE) + 1
    peak = np.abs(mix).max(axis=0) * drive
    needed = np.minimum(np.float32(1.0), np.float32(CEILING) / np.maximum(peak, np.float32(1e-9)))
    held = ndimage.minimum_filter1d(needed, window)
    return np.asarray(drive * ndimage.uniform_filter1d(held, window), dtype=np.float32)
