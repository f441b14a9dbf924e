"""Mixes to encode, and functions to encode and decode them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from backend.app.dsp.samples import Samples
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.render.files.tags import MixTags
from backend.app.render.mp3.encode import Mp3Job, Mp3Result
from backend.app.render.mp3.info_frame import Mp3Mode
from backend.app.render.mp3.reuse import BaseMp3
from backend.app.render.mp3.segments import SegmentEncoder
from backend.app.render.player.player import Play
from backend.app.render.progress_pool import ProgressPool
from tests.sounds import SR, clicks, noise, silence, sine

FFMPEG = find_ffmpeg(None)
BLOCK = 50_000  # divides neither a frame nor a segment


def play_of(mix: Samples) -> Play:
    """A play function for samples in memory."""

    def play(start: int, end: int) -> Iterator[Samples]:
        for at in range(start, end, BLOCK):
            yield mix[:, at : min(end, at + BLOCK)]

    return play


def untagged(mix: Samples) -> MixTags:
    """Empty tags."""
    return MixTags("", "", "", "", None, (), mix.shape[1])


def no_progress(_: float) -> None:
    """Ignore progress."""


def encode_mp3(
    play: Play,
    *,
    length: int,
    out: Path,
    mode: Mp3Mode,
    segments: Path,
    workers: int = 2,
    segment_key: Callable[[int, int], str] | None = None,
    base: BaseMp3 | None = None,
    progress: Callable[[float], None] = no_progress,
    sizes: Mapping[str, int] = MappingProxyType({}),
) -> Mp3Result:
    """Encode ``play(0, length)`` into ``out``, with segments of these sizes in ``segments``."""
    with ProgressPool(workers, progress) as pool:
        encoder = SegmentEncoder(play, length, mode, FFMPEG, segments, segment_key, pool.add, base)
        job = Mp3Job(encoder, pool, workers, **sizes)
        job.start()
        return job.join(out)


def decoded(path: Path) -> Samples:
    """A file as ffmpeg plays it at 44.1 kHz."""
    command = [FFMPEG, "-v", "error", "-nostdin", "-i", path, "-map", "0:a", "-f", "f32le"]
    done = subprocess.run([*command, "-ar", str(SR), "-"], capture_output=True, check=True)
    assert not done.stderr
    return np.frombuffer(done.stdout, "<f4").reshape(-1, 2).T


def swept(duration_s: float) -> Samples:
    """A sweep over all audible frequencies, upwards on the left, downwards on the right."""
    t = np.arange(round(duration_s * SR)) / SR
    hz = 20.0 * 1000.0 ** (t / duration_s)
    phase = 2 * np.pi * np.cumsum(hz) / SR
    return np.stack([np.sin(phase), np.sin(phase[::-1])]).astype(np.float32) * np.float32(0.5)


def babble(duration_s: float) -> Samples:
    """Noise in four bursts a second, like syllables."""
    t = np.arange(round(duration_s * SR)) / SR
    syllables = np.clip(np.sin(2 * np.pi * 4.0 * t), 0, 1) ** 2
    return noise(duration_s, seed=3, rms_db=-14) * syllables.astype(np.float32)


def chord(duration_s: float) -> Samples:
    """Three steady sines, slightly delayed on the right."""
    parts = [sine(duration_s, hz, peak_db=-12) for hz in (220.0, 277.2, 329.6)]
    mix: Samples = sum(parts, start=silence(duration_s))
    mix[1] = np.roll(mix[1], 31)
    return mix


def faded(mix: Samples) -> Samples:
    """Fade in to the middle, then fade out."""
    n = mix.shape[1]
    ramp = np.minimum(np.arange(n), np.arange(n)[::-1]) / (n / 2)
    return (mix * ramp).astype(np.float32)


def one_sided(mix: Samples) -> Samples:
    """Sound on the left only, then out of phase, then on the right only."""
    out, third = mix.copy(), mix.shape[1] // 3
    out[1, :third] = 0.0
    out[1, third : 2 * third] = -out[0, third : 2 * third]
    out[0, 2 * third :] = 0.0
    return out


def joined(*parts: Samples) -> Samples:
    """Concatenate sounds."""
    return np.concatenate(parts, axis=1)


VARIED: dict[str, Callable[[], Samples]] = {
    "white noise": lambda: noise(5.5, seed=1),
    "chord": lambda: chord(5.5),
    "low sine": lambda: sine(5.5, 55.0),
    "sweeps": lambda: swept(5.5),
    "drums": lambda: clicks(5.5, 0.47),
    "drums over a chord": lambda: clicks(5.7, 0.31, peak=0.5) + chord(5.7),
    "silence, then loud": lambda: joined(silence(2.7), noise(3, seed=2, rms_db=-10)),
    "loud, then quiet": lambda: joined(noise(2, seed=4, rms_db=-10), noise(4, seed=5, rms_db=-65)),
    "fades": lambda: faded(noise(6, seed=6, rms_db=-12)),
    "beyond full scale": lambda: np.clip(noise(5.5, seed=7, rms_db=0), -1, 1) * np.float32(1.2),
    "syllables": lambda: babble(5.5),
    "very quiet": lambda: noise(5.5, seed=8, rms_db=-85),
    "one side only": lambda: one_sided(chord(6) + noise(6, seed=9, rms_db=-30)),
    "a hole of silence": lambda: joined(swept(2.7), silence(5.5), clicks(2.7, 0.3)),
    "whole frames": lambda: swept(6)[:, : 1152 * 220],
    "one sample more than frames": lambda: swept(5)[:, : 1152 * 180 + 1],
    "half a second": lambda: clicks(0.5, 0.1),
    "one sample": lambda: noise(1, seed=11)[:, :1],
}
