"""How much loudness moves in a piece: EBU Tech 3342, from the energies of :mod:`.loudness`."""

from __future__ import annotations

import numpy as np

from .loudness import ABSOLUTE_GATE_LUFS, Energies

SHORT_TERM_HOPS = 30  # 3 s
RELATIVE_GATE_LU = -20.0
_OFFSET_LUFS = -0.691


def loudness_range_lu(energies: Energies) -> float:
    """The loudness range in LU of 100 ms energies; 0 where less than 3 s are heard.

    The spread between the 10th and the 95th percentile of the short-term loudness, of what lies
    above -70 LUFS and at most 20 LU under the mean of that (EBU Tech 3342, section 2).
    """
    if len(energies) < SHORT_TERM_HOPS:
        return 0.0
    total = np.concatenate([[0.0], np.cumsum(energies)])
    short = (total[SHORT_TERM_HOPS:] - total[:-SHORT_TERM_HOPS]) / SHORT_TERM_HOPS
    levels = _OFFSET_LUFS + 10.0 * np.log10(np.maximum(short, 1e-12))
    heard = levels > ABSOLUTE_GATE_LUFS
    if not heard.any():
        return 0.0
    gate = _OFFSET_LUFS + 10.0 * np.log10(short[heard].mean()) + RELATIVE_GATE_LU
    low, high = np.percentile(levels[heard & (levels > gate)], [10.0, 95.0])
    return float(high - low)
