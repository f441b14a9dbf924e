"""Play a song from a tape whose speed wobbles: the sound and its truth move together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from composer.song import SAMPLE_RATE, STEMS, Curve, Samples, Song, Times, Wobble

# The wobble grows and ends within this time, so that the song's length stays as it is.
EASE_S = 2.0


def play_from_tape(song: Song, wobbles: Sequence[Wobble]) -> Song:
    """Return the song at a varying speed; its length stays.

    With the speed ``1 + d cos(2 pi t / p + f)``, the tape strays by
    ``d p / (2 pi) sin(2 pi t / p + f)`` seconds at time ``t``; the phase ``f`` is random. The stray
    is scaled up from 0 at the start and down to 0 at the end.

    Raises
    ------
    ValueError
        If the tape would run backwards, as a slow wobble does where it is scaled.
    """
    if not wobbles:
        return song
    t = np.arange(song.samples.shape[1]) / SAMPLE_RATE
    tape_s = _tape_position(t, wobbles, song.seed)

    def moved(times: Times) -> Times:
        return np.asarray(np.interp(times, tape_s, t))

    def when(time_s: float) -> float:
        return float(moved(np.array([time_s]))[0])

    stems = {name: _read(song.stems[name], tape_s) for name in STEMS}
    return replace(
        song,
        samples=np.add.reduce([stems[name] for name in STEMS]),
        stems=stems,
        beats=moved(song.beats),
        downbeats=moved(song.downbeats),
        phrases=moved(song.phrases),
        onsets={drum: moved(times) for drum, times in song.onsets.items()},
        sections=tuple(
            replace(s, start_s=when(s.start_s), end_s=when(s.end_s)) for s in song.sections
        ),
        keys=tuple(replace(s, start_s=when(s.start_s), end_s=when(s.end_s)) for s in song.keys),
        tempos=tuple(replace(s, start_s=when(s.start_s), end_s=when(s.end_s)) for s in song.tempos),
    )


def _tape_position(t: Curve, wobbles: Sequence[Wobble], seed: int) -> Curve:
    """Seconds of tape that have run at each time; 0 at the start, and all of it at the end."""
    phases = np.random.default_rng([seed, 47]).uniform(0.0, 2.0 * np.pi, len(wobbles))
    ease = np.clip(np.minimum(t, t[-1] - t) / EASE_S, 0.0, 1.0)
    stray = sum(
        w.depth * w.period_s / (2.0 * np.pi) * np.sin(2.0 * np.pi * t / w.period_s + phase)
        for w, phase in zip(wobbles, phases, strict=True)
    )
    tape_s = np.asarray(t + ease * stray)
    if np.any(np.diff(tape_s) <= 0.0):
        raise ValueError(
            "wobbles turn the tape back: make them less deep, or their periods shorter"
        )
    return tape_s


def _read(stem: Samples, tape_s: Curve) -> Samples:
    """Read a stem, shape (2, n), at positions in seconds, between its samples."""
    positions = tape_s * SAMPLE_RATE
    index = np.arange(stem.shape[1])
    return np.stack([np.interp(positions, index, side) for side in stem]).astype(np.float32)
