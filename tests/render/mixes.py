"""Mixes to encode, and how to play them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from backend.app.dsp.samples import Samples
from backend.app.media.ffmpeg import find_ffmpeg
from backend.app.render.mix_tags import MixTags
from backend.app.render.play import Play
from tests.sounds import SR, clicks, noise, silence, sine

FFMPEG = find_ffmpeg(None)
BLOCK = 50_000  # divides neither a frame nor a segment


def play_of(mix: Samples) -> Play:
    """A player of samples in memory."""

    def play(start: int, end: int) -> Iterator[Samples]:
        for at in range(start, end, BLOCK):
            yield mix[:, at : min(end, at + BLOCK)]

    return play


def untagged(mix: Samples) -> MixTags:
    """Tags that say nothing."""
    return MixTags("", "", "", "", None, (), mix.shape[1])


def no_progress(_: float) -> None:
    """For those who do not look."""


def decoded(path: Path) -> Samples:
    """A file as ffmpeg plays it at 44.1 kHz."""
    command = [FFMPEG, "-v", "error", "-nostdin", "-i", path, "-map", "0:a", "-f", "f32le"]
    done = subprocess.run([*command, "-ar", str(SR), "-"], capture_output=True, check=True)
    assert not done.stderr
    return np.frombuffer(done.stdout, "<f4").reshape(-1, 2).T


def swept(duration_s: float) -> Samples:
    """A sweep over all that can be heard, upwards on the left and downwards on the right."""
    t = np.arange(round(duration_s * SR)) / SR
    hz = 20.0 * 1000.0 ** (t / duration_s)
    phase = 2 * np.pi * np.cumsum(hz) / SR
    return np.stack([np.sin(phase), np.sin(phase[::-1])]).astype(np.float32) * np.float32(0.5)


def babble(duration_s: float) -> Samples:
    """Noise that comes and goes in syllables, four a second."""
    t = np.arange(round(duration_s * SR)) / SR
    syllables = np.clip(np.sin(2 * np.pi * 4.0 * t), 0, 1) ** 2
    return noise(duration_s, seed=3, rms_db=-14) * syllables.astype(np.float32)


def chord(duration_s: float) -> Samples:
    """Three steady sines, each a little different on the right."""
    parts = [sine(duration_s, hz, peak_db=-12) for hz in (220.0, 277.2, 329.6)]
    mix: Samples = sum(parts, start=silence(duration_s))
    mix[1] = np.roll(mix[1], 31)
    return mix


def faded(mix: Samples) -> Samples:
    """Rising from silence to the middle, and falling to the end."""
    n = mix.shape[1]
    ramp = np.minimum(np.arange(n), np.arange(n)[::-1]) / (n / 2)
    return (mix * ramp).astype(np.float32)


def one_sided(mix: Samples) -> Samples:
    """First on the left alone, then out of phase, then on the right alone."""
    out, third = mix.copy(), mix.shape[1] // 3
    out[1, :third] = 0.0
    out[1, third : 2 * third] = -out[0, third : 2 * third]
    out[0, 2 * third :] = 0.0
    return out


def joined(*parts: Samples) -> Samples:
    """One after the other."""
    return np.concatenate(parts, axis=1)


VARIED: dict[str, Callable[[], Samples]] = {
    "white noise": lambda: noise(8, seed=1),
    "chord": lambda: chord(8),
    "low sine": lambda: sine(8, 55.0),
    "sweeps": lambda: swept(8),
    "drums": lambda: clicks(8, 0.47),
    "drums over a chord": lambda: clicks(9.3, 0.31, peak=0.5) + chord(9.3),
    "silence, then loud": lambda: joined(silence(3), noise(5, seed=2, rms_db=-10)),
    "loud, then quiet": lambda: joined(noise(3, seed=4, rms_db=-10), noise(6, seed=5, rms_db=-65)),
    "fades": lambda: faded(noise(9, seed=6, rms_db=-12)),
    "beyond full scale": lambda: np.clip(noise(8, seed=7, rms_db=0), -1, 1) * np.float32(1.2),
    "syllables": lambda: babble(8),
    "very quiet": lambda: noise(8, seed=8, rms_db=-85),
    "one side only": lambda: one_sided(chord(9) + noise(9, seed=9, rms_db=-30)),
    "a hole of silence": lambda: joined(swept(4), silence(7), clicks(4, 0.3)),
    "whole frames": lambda: swept(7)[:, : 1152 * 260],
    "one sample more than frames": lambda: swept(7)[:, : 1152 * 200 + 1],
    "half a second": lambda: clicks(0.5, 0.1),
    "one sample": lambda: noise(1, seed=11)[:, :1],
}
