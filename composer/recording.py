"""Add traces of a recording: room reverberation and hiss."""

from __future__ import annotations

import numpy as np
from scipy import signal

from composer.song import SAMPLE_RATE, Samples, StemName

# A small hall: the reverb falls by 60 dB in the first time, and begins after the second.
REVERBERATION_S = (0.4, 1.1)
FIRST_REFLECTION_S = 0.012
# The bass is recorded directly, without a room.
IN_THE_ROOM: tuple[StemName, ...] = ("drums", "other", "vocals")


def add_room(stems: dict[StemName, Samples], level: float, seed: int) -> None:
    """Add a room's reverb to all stems but the bass, in place; level 0 adds none."""
    if not level:
        return
    rng = np.random.default_rng([seed, 41])
    response = level * _response(rng, rng.uniform(*REVERBERATION_S))
    for name in IN_THE_ROOM:
        n_samples = stems[name].shape[1]
        stems[name] += signal.oaconvolve(stems[name], response, axes=1)[:, :n_samples]


def _response(rng: np.random.Generator, reverberation_s: float) -> Samples:
    """Decaying noise, shape (2, n), of energy 1 a side (Moorer 1979)."""
    n = np.arange(round(reverberation_s * SAMPLE_RATE))
    decay = 10.0 ** (-3.0 * n / len(n)) * (n > FIRST_REFLECTION_S * SAMPLE_RATE)
    noise = rng.standard_normal((2, len(n))) * decay
    return np.asarray(noise / np.sqrt(np.sum(noise**2, axis=1, keepdims=True)), dtype=np.float32)


def add_hiss(stem: Samples, level_db: float | None, seed: int) -> None:
    """Add steady noise to a balanced stem, in place; the drums' level is 0 dB."""
    if level_db is None:
        return
    rng = np.random.default_rng([seed, 43])
    stem += np.float32(10.0 ** (level_db / 20.0)) * rng.standard_normal(stem.shape, np.float32)
