"""Short-term loudness of a track or a mix, relative to its integrated loudness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...dsp.loudness import HOP, Energies, integrated_lufs
from ...dsp.samples import SAMPLE_RATE

WINDOW_S = 3.0  # EBU R 128's short-term loudness

ASIDE_S, REACH_S = 1.5, 11.5
"""The compared windows lie 1.5 to 11.5 s away from a join: ten seconds, beginning half a window
away."""

HOPS_PER_S = SAMPLE_RATE / HOP
_OFFSET_LUFS = -0.691  # BS.1770: the K-weighting's gain at 1 kHz


@dataclass(frozen=True, slots=True)
class ShortTerm:
    """Short-term loudness minus integrated loudness, in LU, one value per hop.

    Value ``k`` covers the three seconds that begin with hop ``k``.
    """

    relative_lu: npt.NDArray[np.float64]

    @classmethod
    def of(cls, energies: Energies) -> ShortTerm:
        """Compute it from the K-weighted mean square of each 100 ms; at least one value."""
        hops = min(round(WINDOW_S * HOPS_PER_S), max(len(energies), 1))
        total = np.concatenate([[0.0], np.cumsum(energies)])
        mean = (total[hops:] - total[:-hops]) / hops
        lufs = _OFFSET_LUFS + 10.0 * np.log10(np.maximum(mean, 1e-12))
        whole = integrated_lufs(energies)
        return cls(lufs - whole if np.isfinite(whole) else np.zeros_like(lufs))

    def before(self, at_s: float) -> float:
        """Median of the windows in the ten seconds before a join that begins at ``at_s``."""
        return self._median(at_s - REACH_S, at_s - ASIDE_S)

    def after(self, at_s: float) -> float:
        """Median of the windows in the ten seconds after a join that ends at ``at_s``."""
        return self._median(at_s + ASIDE_S, at_s + REACH_S)

    def _median(self, from_s: float, to_s: float) -> float:
        last = len(self.relative_lu) - 1
        first = min(max(round((from_s - WINDOW_S / 2) * HOPS_PER_S), 0), last)
        end = max(min(round((to_s - WINDOW_S / 2) * HOPS_PER_S), last + 1), first + 1)
        ordered = np.sort(self.relative_lu[first:end])  # ten times as fast as np.median, equal bits
        return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2.0)


def relative_powers(energies: Energies) -> Energies:
    """Power of each hop relative to the integrated loudness; its level is in LU."""
    whole = integrated_lufs(energies)
    if not np.isfinite(whole):
        return np.ones(len(energies))
    relative: Energies = energies * 10.0 ** ((_OFFSET_LUFS - whole) / 10.0)
    return relative
