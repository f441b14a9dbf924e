"""How loud a track or a mix is round one moment of it, relative to the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..analysis.loudness import LoudnessProfile
from ..dsp.loudness import HOP, Energies, integrated_lufs
from ..dsp.samples import SAMPLE_RATE

WINDOW_S = 3.0
"""EBU R 128's short-term loudness."""

ASIDE_S, REACH_S = 1.5, 11.5
"""What is compared across a join: the ten seconds that lie half a window off it on either side."""

_HOPS_PER_S = SAMPLE_RATE / HOP
_OFFSET_LUFS = -0.691  # BS.1770: the K-weighting's gain at 1 kHz


@dataclass(frozen=True, slots=True)
class ShortTerm:
    """Short-term loudness less the integrated loudness of the whole, in LU, one value a hop.

    Value ``k`` is that of the three seconds from hop ``k`` on.
    """

    relative_lu: npt.NDArray[np.float64]

    @classmethod
    def of(cls, profile: LoudnessProfile) -> ShortTerm:
        """From a track's profile; a track shorter than a window has one value."""
        return cls.of_energies(profile.energies)

    @classmethod
    def of_energies(cls, energies: Energies) -> ShortTerm:
        """From K-weighted mean squares of each 100 ms."""
        hops = min(round(WINDOW_S * _HOPS_PER_S), max(len(energies), 1))
        total = np.concatenate([[0.0], np.cumsum(energies)])
        mean = (total[hops:] - total[:-hops]) / hops
        lufs = _OFFSET_LUFS + 10.0 * np.log10(np.maximum(mean, 1e-12))
        whole = integrated_lufs(energies)
        return cls(lufs - whole if np.isfinite(whole) else np.zeros_like(lufs))

    def before(self, at_s: float) -> float:
        """The median of the windows centred in the ten seconds before a join at ``at_s``."""
        return self._median(at_s - REACH_S, at_s - ASIDE_S)

    def after(self, at_s: float) -> float:
        """The median of the windows centred in the ten seconds after a join that ends then."""
        return self._median(at_s + ASIDE_S, at_s + REACH_S)

    def _median(self, from_s: float, to_s: float) -> float:
        last = len(self.relative_lu) - 1
        first = min(max(round((from_s - WINDOW_S / 2) * _HOPS_PER_S), 0), last)
        end = max(min(round((to_s - WINDOW_S / 2) * _HOPS_PER_S), last + 1), first + 1)
        return float(np.median(self.relative_lu[first:end]))
