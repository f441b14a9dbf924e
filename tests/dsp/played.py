"""Hand-made performances and notes, for tests of the synthesis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.app.dsp.granular.performance import (
    BRIGHTNESS_HOP,
    PITCH_HOP,
    POWER_HOP,
    TONE_HOP,
    Floats,
    Performance,
)
from backend.app.dsp.granular.score import TARGET_HOP, Note
from backend.app.dsp.samples import Samples

GONE = float("nan")


def performance(
    n_samples: int,
    onsets: Sequence[int] = (0,),
    *,
    power: Floats | float = 0.01,
    pitch: Floats | float = GONE,
    tones: Sequence[float] = (GONE, GONE, GONE),
    brightness: Floats | float = 9.0,
) -> Performance:
    """A performance; a single value is repeated."""
    frames = np.ones((-(-n_samples // TONE_HOP), 1))
    return Performance(
        n_samples=n_samples,
        onsets=np.array(onsets, np.int64),
        power=_filled(power, n_samples, POWER_HOP),
        pitch=_filled(pitch, n_samples, PITCH_HOP),
        tones=(frames * np.array(tones)).astype(np.float32),
        brightness=_filled(brightness, n_samples, BRIGHTNESS_HOP),
    )


def _filled(value: Floats | float, n_samples: int, hop: int) -> np.ndarray:
    n = -(-n_samples // hop)
    return (np.full(n, value) if np.isscalar(value) else np.resize(value, n)).astype(np.float32)


def powers_of(sound: Samples) -> Floats:
    """The mean square of every cell of a sound."""
    n = sound.shape[1] // POWER_HOP * POWER_HOP
    cells = np.square(sound[:, :n], dtype=np.float64).reshape(2, -1, POWER_HOP)
    return cells.mean(axis=(0, 2))


def note(
    start: int,
    end: int,
    *pitches: float,
    strikes: bool = True,
    level: float = 0.0,
    brightness: float = 0.0,
) -> Note:
    """A note with one pitch for each voice; without pitches, one unpitched voice."""
    count = -(-(end - start) // TARGET_HOP)
    told = np.repeat(np.array(pitches or (GONE,), np.float64)[:, None], count, axis=1)
    return Note(start, end, strikes, told, level, brightness)


class Model:
    """A stem to replay, which records how much was read at once."""

    def __init__(self, sound: Samples) -> None:
        self.sound = sound
        self.n_samples = sound.shape[1]
        self.most = 0

    def read(self, start: int, n: int) -> Samples:
        self.most = max(self.most, n)
        return self.sound[:, start : start + n]
