"""Find clicks and gaps: sudden jumps in a sound, and places where it stops."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d

from backend.app.dsp.samples import SAMPLE_RATE, Samples


def gaps(sound: Samples, *, longer_s: float, floor_db: float = -60.0) -> list[tuple[float, float]]:
    """Stretches of near silence inside the mix, as start and end in seconds."""
    hop = SAMPLE_RATE // 1000
    whole = sound.shape[1] // hop * hop
    loud = np.abs(sound[:, :whole]).max(axis=0).reshape(-1, hop).max(axis=1) > 10 ** (floor_db / 20)
    audible = np.flatnonzero(loud)
    at_s = audible * hop / SAMPLE_RATE
    return [(at_s[i], at_s[i + 1]) for i in np.flatnonzero(np.diff(at_s) > longer_s)]


def clicks(sound: Samples, *, ratio: float = 2.0, floor: float = 0.025) -> list[float]:
    """Positions of steps and impulses that exceed their surroundings, in seconds.

    The fourth difference cancels smooth sound and keeps a jump. A click exceeds what is *before and
    after*; a drum mostly has energy after it.
    """
    found: set[float] = set()
    for channel in sound:
        jump = np.abs(np.convolve(channel, [1, -4, 6, -4, 1], "same")) / 6
        blocks = jump[: len(jump) // 8 * 8].reshape(-1, 8).max(axis=1)
        around = maximum_filter1d(blocks, 20, mode="nearest")
        before, after = np.roll(around, 13), np.roll(around, -13)
        hit = (blocks > floor) & (blocks > ratio * before) & (blocks > ratio * after)
        found.update((np.flatnonzero(hit) * 8 / SAMPLE_RATE).tolist())
    return sorted(found)
