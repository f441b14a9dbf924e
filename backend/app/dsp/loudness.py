"""Loudness after ITU-R BS.1770-4: K-weighting, 100 ms energies, two gates.

The energies are kept rather than the figure, because they add up: the loudness of a mix can be told
from those of its tracks before a sample of it is rendered.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .samples import CHANNELS, SAMPLE_RATE, Samples

HOP = SAMPLE_RATE // 10  # 100 ms: a 400 ms gating block is four of these, a quarter apart
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
_OFFSET_LUFS = -0.691  # BS.1770-4, equation 2

Energies = npt.NDArray[np.float64]


def k_weighting() -> npt.NDArray[np.float64]:
    """The two K-weighting biquads at 44.1 kHz, as second-order sections.

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
    """Collects the K-weighted energy of a stream, 100 ms at a time.

    ``push`` the blocks in order, then read ``energies``.
    """

    def __init__(self) -> None:
        from scipy.signal import sosfilt  # half a second to load; planning a mix needs none of it

        self._sosfilt = sosfilt
        self._sos = k_weighting().astype(np.float32)
        self._state = np.zeros((len(self._sos), CHANNELS, 2), np.float32)
        self._carry = np.zeros(0)
        self._done: list[Energies] = []

    def push(self, block: Samples) -> None:
        """Take the next block, float32 ``(2, n)``, ``n`` at will."""
        weighted, self._state = self._sosfilt(
            self._sos, np.ascontiguousarray(block), axis=-1, zi=self._state
        )
        power = np.concatenate([self._carry, np.einsum("cn,cn->n", weighted, weighted)])
        whole = len(power) // HOP * HOP
        self._done.append(power[:whole].reshape(-1, HOP).mean(axis=1, dtype=np.float64))
        self._carry = power[whole:]

    @property
    def energies(self) -> Energies:
        """Mean square over each whole 100 ms, summed over the channels: float64 ``(n_hops,)``."""
        return np.concatenate([np.zeros(0), *self._done])


def integrated_lufs(energies: Energies) -> float:
    """Integrated loudness in LUFS of 100 ms energies; ``-inf`` where nothing passes the gate.

    Gating blocks of 400 ms overlapping by 75 %; first those above -70 LUFS, then those above the
    loudness of the survivors less 10 LU (BS.1770-4, equations 3 to 7).
    """
    if len(energies) == 0:
        return -math.inf
    span = min(4, len(energies))
    total = np.concatenate([[0.0], np.cumsum(energies)])
    blocks = (total[span:] - total[:-span]) / span
    loud = blocks[blocks > _energy(ABSOLUTE_GATE_LUFS)]
    if len(loud) == 0:
        return -math.inf
    gate = _energy(_lufs(float(loud.mean())) + RELATIVE_GATE_LU)
    return _lufs(float(loud[loud > gate].mean()))


def _lufs(energy: float) -> float:
    return _OFFSET_LUFS + 10.0 * math.log10(energy)


def _energy(lufs: float) -> float:
    return float(10.0 ** ((lufs - _OFFSET_LUFS) / 10.0))
