"""Score stated tempi and keys by time: tempi that change, and keys that modulate."""

from __future__ import annotations

from collections.abc import Sequence

import mir_eval
import numpy as np

from .contestants import Detected
from .corpus import MirSong, Stretch, Times, Value

# A tempo of a stretch may be this far off: over 16 bars, 1 % is two thirds of a beat.
TEMPO_TOLERANCE = 0.01
# Tempi are measured over this many beats on either side: a bar or two.
LOCAL_BEATS = 8


def tempo_time(song: MirSong, detected: Detected) -> float:
    """Share of the song's time in which the stated local tempo is within 1 %.

    A tool that states one tempo states it for all the time. Doubled and halved tempi are wrong.
    """
    beats = song.beats()
    stated = [value_at(detected.tempo_stretches(), float(at)) for at in _middles(beats)]
    near = [
        heard is not None and abs(heard / true - 1.0) <= TEMPO_TOLERANCE
        for heard, true in zip(stated, local_tempo(beats), strict=True)
    ]
    return float(np.average(near, weights=np.diff(beats)))


def local_tempo(beats: Times) -> Times:
    """Tempo around each interval of beats, from the median interval nearby.

    Where the tempo changes, most intervals nearby are of the interval's own tempo, so no tempo is
    a mean of two.
    """
    periods = np.diff(beats)
    around = (slice(max(0, i - LOCAL_BEATS), i + LOCAL_BEATS + 1) for i in range(len(periods)))
    return np.asarray(60.0 / np.array([np.median(periods[near]) for near in around]))


def _middles(beats: Times) -> Times:
    return np.asarray((beats[1:] + beats[:-1]) / 2.0)


def key_time(song: MirSong, detected: Detected) -> float:
    """Share of the time between first and last beat in which the stated key is exactly right."""
    return key_share(song, detected, song.beats_s[0], song.beats_s[-1])


def key_share(song: MirSong, detected: Detected, start_s: float, end_s: float) -> float:
    """Share of the time between two times in which the stated key is exactly right."""
    seconds = sum(
        max(0.0, min(true_end_s, stated_end_s, end_s) - max(true_start_s, stated_start_s, start_s))
        for true_start_s, true_end_s, true in song.key_stretches()
        for stated_start_s, stated_end_s, stated in detected.key_stretches()
        if key_score(true, stated) == 1.0
    )
    return float(seconds / (end_s - start_s))


def key_score(truth: str, detected: str | None) -> float:
    """Compute MIREX's weighted key score: 0.5 for a fifth, 0.3 relative, 0.2 parallel."""
    return float(mir_eval.key.weighted_score(truth, detected)) if detected else 0.0


def value_at(stretches: Sequence[Stretch[Value]], at_s: float) -> Value | None:
    """Return the value of the stretch around a time; None between stretches."""
    inside = (value for start_s, end_s, value in stretches if start_s <= at_s < end_s)
    return next(inside, None)
