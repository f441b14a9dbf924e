"""Remove a constant offset (DC) from a stream."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .samples import SAMPLE_RATE

CUTOFF_HZ = 4.0  # three octaves below a bass's lowest note; reduces 30 Hz by 0.02 dB
_START = SAMPLE_RATE // 10  # number of samples from which the offset at the start is measured


class DcRemover:
    """A Butterworth high-pass of 12 dB an octave, started at the sound's own offset.

    If it started at rest, it would turn the offset into a thump of 0.1 s.
    """

    def __init__(self) -> None:
        # takes half a second to load, and few tracks need it
        from scipy.signal import butter, sosfilt_zi

        self._sections = butter(2, CUTOFF_HZ, "highpass", fs=SAMPLE_RATE, output="sos")
        self._at_rest = sosfilt_zi(self._sections)  # the filter's state for a constant input of 1
        self._state: npt.NDArray[np.float64] | None = None

    def process(self, interleaved: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Filter the next block of shape ``(n, 2)``, n > 0."""
        from scipy.signal import sosfilt

        block = interleaved.astype(np.float64)
        if self._state is None:
            self._state = self._at_rest[:, :, None] * block[:_START].mean(axis=0)
        filtered, self._state = sosfilt(self._sections, block, axis=0, zi=self._state)
        return np.asarray(filtered, np.float32)
