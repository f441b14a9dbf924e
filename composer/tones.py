"""Synthesise notes: band-limited wavetables at the note's pitch, with an envelope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from composer.song import SAMPLE_RATE, Curve, Samples
from composer.theory import frequency_hz

TABLE = 2048
# Nothing is synthesised above this frequency: far enough below Nyquist for interpolation errors,
# and within what MP3 at 320 kbps and AAC keep.
TOP_HZ = 13_000.0

# First three formants of sung vowels, in Hz (Peterson & Barney 1952, rounded), with their levels.
VOWELS: dict[str, tuple[tuple[float, float], ...]] = {
    "a": ((730.0, 1.0), (1090.0, 0.5), (2440.0, 0.12)),
    "e": ((530.0, 1.0), (1840.0, 0.3), (2480.0, 0.15)),
    "i": ((300.0, 1.0), (2290.0, 0.2), (3010.0, 0.12)),
    "o": ((570.0, 1.0), (840.0, 0.6), (2410.0, 0.06)),
    "u": ((320.0, 1.0), (870.0, 0.35), (2240.0, 0.04)),
}


@dataclass(frozen=True, slots=True)
class Sound:
    """A timbre: harmonics, their decay, and stereo width."""

    tilt: float  # exponent with which harmonics fall
    odd: bool  # whether even harmonics are weak
    dull_hz: float  # upper limit of the settled tone
    settle_s: float  # time in which the bright attack becomes the settled tone
    attack_s: float
    decay_s: float  # time in which the note dies away; inf for held sounds
    detune_cents: float  # between left and right


SOUNDS: dict[str, Sound] = {
    "saw": Sound(1.0, False, 500.0, 0.06, 0.003, 0.5, 4.0),
    "sub": Sound(2.2, False, 300.0, 0.05, 0.004, 0.9, 0.0),
    "reese": Sound(1.0, False, 700.0, 0.25, 0.004, 3.0, 14.0),
    "organ": Sound(1.3, True, 2200.0, 0.10, 0.003, 0.35, 5.0),
    "stab": Sound(1.0, False, 1500.0, 0.07, 0.003, 0.18, 9.0),
    "keys": Sound(1.8, False, 1200.0, 0.12, 0.003, 0.9, 2.0),
    "strum": Sound(1.4, False, 1800.0, 0.08, 0.003, 0.5, 4.0),
    "pluck": Sound(1.2, False, 1800.0, 0.04, 0.002, 0.16, 6.0),
    "bow": Sound(1.6, False, 900.0, 0.30, 0.050, 2.5, 5.0),
    "pad": Sound(1.4, False, 1600.0, 0.60, 0.080, np.inf, 8.0),
}


def _table(amplitudes: Curve) -> Samples:
    """One period of a wave with these harmonics, peak 1.

    Index 0 of ``amplitudes`` is the fundamental.
    """
    spectrum = np.zeros(TABLE // 2 + 1, dtype=np.complex128)
    count = min(len(amplitudes), TABLE // 2 - 1)
    # Phases by the golden ratio spread the energy over the period, for a lower peak.
    phases = 2.0 * np.pi * 0.618034 * np.arange(1, count + 1) ** 2
    spectrum[1 : count + 1] = amplitudes[:count] * np.exp(1j * phases)
    wave = np.fft.irfft(spectrum, TABLE)
    wave = np.append(wave, wave[0]) / np.abs(wave).max()
    return np.asarray(wave, dtype=np.float32)


def _read(table: Samples, phase: Curve) -> Samples:
    """Read a table at a phase in periods, between its points."""
    position = (phase % 1.0) * TABLE
    index = position.astype(np.int32)
    fraction = (position - index).astype(np.float32)
    return table[index] + fraction * (table[index + 1] - table[index])


def _envelope(n_samples: int, attack_s: float, decay_s: float) -> Samples:
    """Attack, decay, and a release of 15 ms within the note, so that notes never click."""
    n = np.arange(n_samples, dtype=np.float32)
    attack = np.minimum(1.0, (n + 1.0) / (attack_s * SAMPLE_RATE))
    release = np.minimum(1.0, (n_samples - n) / (0.015 * SAMPLE_RATE))
    decay = np.exp(-n / np.float32(decay_s * SAMPLE_RATE)) if np.isfinite(decay_s) else 1.0
    return np.asarray(attack * release * decay, dtype=np.float32)


@lru_cache(maxsize=512)
def _timbres(name: str, midi: int) -> tuple[Samples, Samples]:
    """The bright table of a note's attack, and the dull one of the settled tone."""
    sound, f0 = SOUNDS[name], frequency_hz(midi)
    k = np.arange(1, int(TOP_HZ / f0) + 1, dtype=np.float64)
    amplitudes = k**-sound.tilt * np.where(sound.odd & (k % 2 == 0), 0.25, 1.0)
    dull = amplitudes / np.sqrt(1.0 + (k * f0 / sound.dull_hz) ** 6)
    return _table(amplitudes), _table(dull)


def tone(name: str, midi: int, n_samples: int, *, tuning_cents: float = 0.0) -> Samples:
    """A note, shape (2, n_samples): left and right are slightly detuned."""
    sound = SOUNDS[name]
    bright, dull = _timbres(name, midi)
    t = np.arange(n_samples) / SAMPLE_RATE
    openness = np.exp(-t / sound.settle_s).astype(np.float32)
    envelope = _envelope(n_samples, sound.attack_s, sound.decay_s)
    out = np.empty((2, n_samples), dtype=np.float32)
    for channel, cents in enumerate((-sound.detune_cents, sound.detune_cents)):
        phase = frequency_hz(midi + (cents + tuning_cents) / 100.0) * t + 0.25 * channel
        settled = _read(dull, phase)
        out[channel] = envelope * (settled + openness * (_read(bright, phase) - settled))
    return out


@lru_cache(maxsize=256)
def _vowel_table(vowel: str, midi: int) -> Samples:
    f0 = frequency_hz(midi)
    hz = f0 * np.arange(1, int(TOP_HZ / f0) + 1)
    # Resonances about 120 Hz wide, over a voice source that falls by 6 dB an octave.
    formants = sum(level / (1.0 + ((hz - centre) / 120.0) ** 2) for centre, level in VOWELS[vowel])
    return _table((np.asarray(formants) + 0.01) * f0 / hz)


def sung(vowel: str, midi: int, n_samples: int, *, tuning_cents: float = 0.0) -> Samples:
    """A sung note, shape (2, n_samples); after 0.2 s with vibrato.

    The vibrato has 5.5 Hz and a width of 25 cents.
    """
    t = np.arange(n_samples) / SAMPLE_RATE
    depth = frequency_hz(midi) * (2.0 ** (25.0 / 1200.0) - 1.0) / (2.0 * np.pi * 5.5)
    vibrato = depth * np.clip((t - 0.2) / 0.3, 0.0, 1.0) * np.sin(2.0 * np.pi * 5.5 * t)
    wave = _read(_vowel_table(vowel, midi), frequency_hz(midi + tuning_cents / 100.0) * t + vibrato)
    wave *= _envelope(n_samples, 0.03, 2.5)
    return np.stack((wave, wave))
