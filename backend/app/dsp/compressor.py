"""Compressor for a whole mix: slow, soft-kneed, with equal gain on both channels.

The level is the mean square of both channels over some 10 ms; a static curve with a soft knee turns
it into a gain, which follows with an attack and a release time. After Giannoulis, Massberg and
Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012: equation 4 (the knee) and
section 3.3 (smoothing in decibels, branching), here once for every ``CHUNK`` of samples.

Below a ratio of 1 it is an expander: what lies *under* the threshold becomes quieter still.
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import InvalidAudioError
from .samples import SAMPLE_RATE, Samples

CHUNK = 128  # 2.9 ms: a mix compressor's attack is ten times as long
# half a period of 50 Hz, so that the level does not follow each wave of a bass line
DETECTOR_S = 0.01
KNEE_DB = 8.0
MOST_EXPANSION_DB = 12.0  # more would sound like a gate

_SILENCE = 1e-12  # -120 dB


class Compressor:
    """Compresses a stream: ``process`` the blocks in order, in blocks of any size.

    Parameters
    ----------
    threshold_db : RMS level of both channels, in dBFS, above which it compresses
    ratio : input decibels for one of output, past the knee; below 1 an expander, which makes
        ``1 / ratio`` of each decibel under the threshold
    attack_s, release_s : time that the gain takes for 63 % of a step, down and up
    makeup_db : gain given to everything

    Raises
    ------
    InvalidAudioError
        If the ratio or a time is not above 0.
    """

    def __init__(
        self,
        threshold_db: float,
        ratio: float,
        *,
        attack_s: float,
        release_s: float,
        makeup_db: float = 0.0,
    ) -> None:
        if min(ratio, attack_s, release_s) <= 0.0:
            raise InvalidAudioError("A compressor's ratio and times must be above 0.")
        self._threshold_db = threshold_db
        self._ratio = ratio
        self._makeup_db = makeup_db
        # Share of a step that remains after one chunk.
        self._detect, self._fall, self._rise = (
            math.exp(-CHUNK / (time_s * SAMPLE_RATE))
            for time_s in (DETECTOR_S, attack_s, release_s)
        )
        self._power = 0.0
        self._gain_db = 0.0
        self._rest = np.zeros(0)  # powers of an incomplete chunk
        self._at = 0  # samples of the current chunk so far
        # Within the current chunk, the gain goes in a line from the first value to the second.
        self._ends_db = [makeup_db, makeup_db]

    def process(self, block: Samples) -> Samples:
        """Compress the next block, float32 ``(2, n)``."""
        n = block.shape[1]
        nodes_db = np.array([*self._ends_db, *self._chunk_gains_db(block)])
        places = (self._at + np.arange(n)) / CHUNK
        gains = 10.0 ** (np.interp(places, np.arange(len(nodes_db)), nodes_db) / 20.0)
        done, self._at = divmod(self._at + n, CHUNK)
        self._ends_db = [float(db) for db in nodes_db[done : done + 2]]
        return np.asarray(block * gains.astype(np.float32))

    def _chunk_gains_db(self, block: Samples) -> list[float]:
        """Compute the gains, in dB, of the chunks that this block completes.

        They are reached a chunk later, so that any blocking gives the same result.
        """
        power = np.square(block, dtype=np.float64).mean(axis=0)
        joined = np.concatenate([self._rest, power])
        whole = len(joined) // CHUNK * CHUNK
        self._rest = joined[whole:]
        return [self._next_db(p) for p in joined[:whole].reshape(-1, CHUNK).mean(axis=1).tolist()]

    def _next_db(self, power: float) -> float:
        self._power += (power - self._power) * (1.0 - self._detect)
        level_db = 10.0 * math.log10(self._power + _SILENCE)
        aim_db = curve_db(level_db, self._threshold_db, self._ratio)
        smoothing = self._fall if aim_db < self._gain_db else self._rise
        self._gain_db = aim_db + (self._gain_db - aim_db) * smoothing
        return self._gain_db + self._makeup_db


def curve_db(level_db: float, threshold_db: float, ratio: float) -> float:
    """Gain in dB of a compressor at a steady level."""
    slope, over_db = 1.0 / ratio - 1.0, level_db - threshold_db
    if slope <= 0.0:
        return slope * _past_knee(over_db)
    return max(-slope * _past_knee(-over_db), -MOST_EXPANSION_DB)


def _past_knee(over_db: float) -> float:
    """Return the effective excess over the threshold: 0 before the knee, a parabola in it."""
    if over_db <= -KNEE_DB / 2.0:
        return 0.0
    if over_db >= KNEE_DB / 2.0:
        return over_db
    return (over_db + KNEE_DB / 2.0) ** 2 / (2.0 * KNEE_DB)
