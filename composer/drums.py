"""Synthesise drum sounds: one hit each, mono, starting at their first sample."""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
from scipy import signal

from composer.song import SAMPLE_RATE, Curve, Samples


def _seconds(duration_s: float) -> Curve:
    return np.arange(round(duration_s * SAMPLE_RATE)) / SAMPLE_RATE


def _noise(name: str, seed: int, n_samples: int, band_hz: tuple[float, float]) -> Curve:
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    sos = signal.butter(2, band_hz, "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(signal.sosfilt(sos, rng.standard_normal(n_samples)))


def _kick(seed: int) -> Curve:
    """A kick: a sine falling from 160 Hz within 30 ms, with a beater's click on top."""
    t = _seconds(0.34)
    body_hz = 48.0 + 8.0 * np.random.default_rng([seed, 1]).random()
    phase = 2.0 * np.pi * (body_hz * t + 110.0 * 0.030 * (1.0 - np.exp(-t / 0.030)))
    click = _noise("click", seed, len(t), (1500.0, 9000.0)) * np.exp(-t / 0.0025)
    # Starting away from the zero crossing gives the hit an edge on its very first sample.
    return np.sin(phase + 0.9) * np.exp(-t / 0.11) + 0.5 * click


def _snare(seed: int) -> Curve:
    t = _seconds(0.26)
    skin = np.sin(2.0 * np.pi * 186.0 * t + 0.9) * np.exp(-t / 0.045)
    wires = _noise("wires", seed, len(t), (1200.0, 9500.0)) * np.exp(-t / 0.07)
    return 0.6 * skin + 0.7 * wires


def _clap(seed: int) -> Curve:
    """A clap: three hands within 20 ms; the first one, the loudest, marks the beat."""
    t = _seconds(0.22)
    noise = _noise("hands", seed, len(t), (900.0, 6000.0))
    hands = sum(np.where(t >= s, np.exp(-(t - s) / 0.005), 0.0) for s in (0.0, 0.010, 0.020))
    return noise * (0.8 * hands + 0.35 * np.exp(-t / 0.06))


def _rim(seed: int) -> Curve:
    """A stick across the rim: a short high knock."""
    t = _seconds(0.08)
    wood = np.sin(2.0 * np.pi * 480.0 * t + 0.9) + 0.6 * np.sin(2.0 * np.pi * 1720.0 * t + 0.9)
    return wood * np.exp(-t / 0.012) + 0.2 * _noise("rim", seed, len(t), (2000.0, 8000.0)) * (
        np.exp(-t / 0.006)
    )


def _brush(name: str, seed: int, rise_s: float, decay_s: float) -> Curve:
    """A brush on the skin: soft noise that swells before it fades; a sweep swells longer."""
    t = _seconds(rise_s + 5.0 * decay_s)
    swell = np.minimum(1.0, t / rise_s) ** 2
    fade = np.exp(-np.maximum(0.0, t - rise_s) / decay_s)
    return np.asarray(_noise(name, seed, len(t), (800.0, 7000.0)) * swell * fade)


def _cymbal(name: str, seed: int, length_s: float, decay_s: float, low_hz: float) -> Curve:
    t = _seconds(length_s)
    return _noise(name, seed, len(t), (low_hz, 15000.0)) * np.exp(-t / decay_s)


@lru_cache(maxsize=64)
def drum(name: str, seed: int) -> Samples:
    """One hit of a drum, shape (n,), peak 1; the same seed gives the same drum kit."""
    shot = {
        "kick": lambda: _kick(seed),
        "snare": lambda: _snare(seed),
        "clap": lambda: _clap(seed),
        "rim": lambda: _rim(seed),
        "brush": lambda: _brush("brush", seed, 0.008, 0.04),
        "sweep": lambda: _brush("sweep", seed, 0.06, 0.07),
        "hat": lambda: _cymbal("hat", seed, 0.09, 0.018, 7000.0),
        "open": lambda: _cymbal("open", seed, 0.32, 0.085, 6500.0),
        "ride": lambda: _cymbal("ride", seed, 0.45, 0.12, 5000.0),
        "crash": lambda: _cymbal("crash", seed, 2.4, 0.55, 3500.0),
    }[name]()
    fade = np.minimum(1.0, np.arange(len(shot), 0, -1) / 256.0)
    return np.asarray(shot * fade / np.abs(shot).max(), dtype=np.float32)


@lru_cache(maxsize=64)
def sized(name: str, seed: int, octaves: float) -> Samples:
    """One hit of a larger or smaller drum: lower and longer, or higher and shorter."""
    shot = drum(name, seed)
    if not octaves:
        return shot
    spread = np.random.default_rng([seed, zlib.crc32(name.encode()), 31]).uniform(-1.0, 1.0)
    positions = np.arange(0.0, len(shot) - 1.0, 2.0 ** (octaves * spread))
    return np.asarray(np.interp(positions, np.arange(len(shot)), shot), dtype=np.float32)
