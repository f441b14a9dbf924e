"""Audio in memory: float32, shape ``(channels, n_samples)``, full scale at 1."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]

SAMPLE_RATE = 44_100
CHANNELS = 2


def seconds(n_samples: int) -> float:
    """Convert samples to seconds."""
    return n_samples / SAMPLE_RATE


def samples(duration_s: float) -> int:
    """Convert seconds to the nearest number of samples."""
    return round(duration_s * SAMPLE_RATE)


def gain_of_db(gain_db: float) -> float:
    """Convert decibels to a factor."""
    return float(10.0 ** (gain_db / 20.0))


def db_of_gain(gain: float) -> float:
    """Convert a factor to decibels; ``-inf`` for 0."""
    return 20.0 * math.log10(gain) if gain > 0.0 else -math.inf
