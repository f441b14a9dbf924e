"""Sounds for tests, built in memory: float32 ``(2, n)`` at 44.1 kHz."""

from __future__ import annotations

import numpy as np

from backend.app.dsp.samples import SAMPLE_RATE, Samples

SR = SAMPLE_RATE


def noise(duration_s: float, *, seed: int, rms_db: float = -20.0) -> Samples:
    """White noise, different in the two channels."""
    rng = np.random.default_rng(seed)
    wave = rng.standard_normal((2, round(duration_s * SR)))
    return (wave * 10 ** (rms_db / 20)).astype(np.float32)


def sine(duration_s: float, hz: float, *, peak_db: float = -6.0, phase: float = 0.0) -> Samples:
    """A sine, the same in both channels."""
    t = np.arange(round(duration_s * SR)) / SR
    wave = np.sin(2 * np.pi * hz * t + phase) * 10 ** (peak_db / 20)
    return np.stack([wave, wave]).astype(np.float32)


def silence(duration_s: float) -> Samples:
    """Digital silence."""
    return np.zeros((2, round(duration_s * SR)), np.float32)


def clicks(duration_s: float, every_s: float, *, seed: int = 0, peak: float = 0.9) -> Samples:
    """Short noise bursts, like a drum machine with one drum."""
    rng = np.random.default_rng(seed)
    burst = rng.standard_normal(2000) * np.exp(-np.arange(2000) / 300)
    burst *= peak / np.abs(burst).max()
    wave = silence(duration_s)
    for start in range(0, wave.shape[1] - len(burst), round(every_s * SR)):
        wave[:, start : start + len(burst)] += burst.astype(np.float32)
    return wave


def rms_db(wave: Samples) -> float:
    """Root mean square over all channels, in dBFS."""
    return float(10 * np.log10(np.mean(np.square(wave, dtype=np.float64)) + 1e-30))


def peak_db(wave: Samples) -> float:
    """The largest sample magnitude, in dBFS."""
    return float(20 * np.log10(np.abs(wave).max() + 1e-30))
