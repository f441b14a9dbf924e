"""Filters that run block by block and carry their state along."""

from __future__ import annotations

import numpy as np

from .samples import CHANNELS, SAMPLE_RATE, Samples

LOW_PASS_ORDER = 2  # 12 dB an octave, the slope of a DJ mixer's filter knob at rest resonance


class LowPassFilter:
    """A Butterworth low-pass for a stream: ``process`` the blocks in order.

    Feeding a signal in any blocking gives the same samples as feeding it whole.

    Parameters
    ----------
    cutoff_hz : the frequency at which the level has dropped by 3 dB
    """

    def __init__(self, cutoff_hz: float, *, channels: int = CHANNELS) -> None:
        from scipy.signal import butter, sosfilt  # half a second to load; not every mix filters

        self._sosfilt = sosfilt
        sos = butter(LOW_PASS_ORDER, cutoff_hz, fs=SAMPLE_RATE, output="sos")
        self._sos = sos.astype(np.float32)
        self._state = np.zeros((len(sos), channels, 2), np.float32)

    def process(self, block: Samples) -> Samples:
        """Filter the next block, float32 ``(channels, n)``."""
        out, self._state = self._sosfilt(self._sos, block, axis=-1, zi=self._state)
        filtered: Samples = out
        return filtered


def low_pass(samples: Samples, cutoff_hz: float) -> Samples:
    """Low-pass a whole clip, float32 ``(channels, n)``, from a filter at rest."""
    return LowPassFilter(cutoff_hz, channels=samples.shape[0]).process(samples)
