"""Measure integrated loudness (ITU-R BS.1770-4) and loudness range (EBU Tech 3342).

The energies of each 100 ms are stored, not the figures, because energies add up: the loudness of a
mix can be computed from its tracks before it is rendered.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .filters import SectionFilter
from .samples import CHANNELS, SAMPLE_RATE, Samples

HOP = SAMPLE_RATE // 10  # 100 ms: four make a gating block of 400 ms
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU, RANGE_GATE_LU = -10.0, -20.0
SHORT_TERM_HOPS = 30  # 3 s
_OFFSET_LUFS = -0.691  # BS.1770-4, equation 2

Energies = npt.NDArray[np.float64]


def k_weighting() -> npt.NDArray[np.float64]:
    """Compute the two K-weighting biquads at 44.1 kHz, as second-order sections.

    BS.1770-4 tabulates them at 48 kHz; these are its analogue prototypes (the shelf of the head,
    the high-pass "RLB") taken to 44.1 kHz by the bilinear transform, after the parameters that
    Brecht De Man derived from the table.
    """
    shelf_hz, shelf_db, shelf_q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = math.tan(math.pi * shelf_hz / SAMPLE_RATE)
    v_high = 10.0 ** (shelf_db / 20.0)
    v_band = v_high**0.4996667741545416
    a0 = 1.0 + k / shelf_q + k * k
    shelf = [
        (v_high + v_band * k / shelf_q + k * k) / a0,
        2.0 * (k * k - v_high) / a0,
        (v_high - v_band * k / shelf_q + k * k) / a0,
        1.0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / shelf_q + k * k) / a0,
    ]
    pass_hz, pass_q = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * pass_hz / SAMPLE_RATE)
    a0 = 1.0 + k / pass_q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / pass_q + k * k) / a0]
    return np.array([shelf, high_pass])


class LoudnessMeter:
    """Measures the K-weighted energy of a stream, 100 ms at a time.

    ``push`` the blocks in order, then read ``energies``.
    """

    def __init__(self) -> None:
        self._filter = SectionFilter(k_weighting(), CHANNELS, np.float32)
        self._carry = np.zeros(0)
        self._done = [np.zeros(0)]

    def push(self, block: Samples) -> None:
        """Take the next block, float32 ``(2, n)``, any ``n``."""
        left, right = np.square(self._filter.process(block))
        power = np.concatenate([self._carry, left + right])
        whole = len(power) // HOP * HOP
        self._done.append(power[:whole].reshape(-1, HOP).mean(axis=1, dtype=np.float64))
        self._carry = power[whole:]

    @property
    def energies(self) -> Energies:
        """Mean square of each whole 100 ms, summed over channels: float64 ``(n_hops,)``."""
        return np.concatenate(self._done)


def integrated_lufs(energies: Energies) -> float:
    """Integrated loudness in LUFS of 100 ms energies; ``-inf`` if none passes the gate.

    Gating blocks of 400 ms overlapping by 75 %; first those above -70 LUFS, then those above the
    loudness of the survivors less 10 LU (BS.1770-4, equations 3 to 7).
    """
    if len(energies) == 0:
        return -math.inf
    blocks = _sliding_mean(energies, min(4, len(energies)))
    loud = blocks[blocks > energy_of_lufs(ABSOLUTE_GATE_LUFS)]
    if len(loud) == 0:
        return -math.inf
    gate = energy_of_lufs(_lufs(float(loud.mean())) + RELATIVE_GATE_LU)
    return _lufs(float(loud[loud > gate].mean()))


def loudness_range_lu(energies: Energies) -> float:
    """Loudness range in LU of 100 ms energies; 0 for less than 3 s.

    The spread between the 10th and the 95th percentile of the short-term loudness above -70 LUFS
    and at most 20 LU below its mean (EBU Tech 3342, section 2).
    """
    if len(energies) < SHORT_TERM_HOPS:
        return 0.0
    short = _sliding_mean(energies, SHORT_TERM_HOPS)
    levels = _OFFSET_LUFS + 10.0 * np.log10(np.maximum(short, 1e-12))
    audible = levels > ABSOLUTE_GATE_LUFS
    if not audible.any():
        return 0.0
    gate = _OFFSET_LUFS + 10.0 * np.log10(short[audible].mean()) + RANGE_GATE_LU
    low, high = np.percentile(levels[audible & (levels > gate)], [10.0, 95.0])
    return float(high - low)


def _sliding_mean(energies: Energies, span: int) -> Energies:
    total = np.concatenate([[0.0], np.cumsum(energies)])
    return np.asarray((total[span:] - total[:-span]) / span)


def _lufs(energy: float) -> float:
    return _OFFSET_LUFS + 10.0 * math.log10(energy)


def energy_of_lufs(lufs: float) -> float:
    """Return the K-weighted energy that measures as ``lufs``."""
    return float(10.0 ** ((lufs - _OFFSET_LUFS) / 10.0))
