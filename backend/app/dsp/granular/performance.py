"""How a sound is played: onsets, power, pitch, chord tones and brightness over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

POWER_HOP = 441
PITCH_HOP = 512
TONE_HOP = 2048
BRIGHTNESS_HOP = 440


@dataclass(frozen=True, slots=True)
class Performance:
    """An analysis of how a sound is played; positions in samples at 44.1 kHz.

    Attributes
    ----------
    n_samples : length
    onsets : ascending, int64
    power : mean square of every ``POWER_HOP`` samples, over both channels, float32
    pitch : of one voice, in cents over 1 Hz; NaN for none; at every ``PITCH_HOP`` samples, float32
    tones : up to three simultaneous tones, strongest first, in cents over 1 Hz, float32 ``(n, 3)``;
        NaN for none; at every ``TONE_HOP`` samples
    brightness : centroid of the spectrum in octaves over 1 Hz, float32; at every ``BRIGHTNESS_HOP``
        samples
    """

    n_samples: int
    onsets: Places
    power: Matrix
    pitch: Matrix
    tones: Matrix
    brightness: Matrix

    @property
    def loud_power(self) -> float:
        """Mean square, without moments 40 dB below the loudest; 0 for silence."""
        if not len(self.power):
            return 0.0
        top = float(np.percentile(self.power, 99))
        return float(self.power[self.power >= 1e-4 * top].mean()) if top > 0.0 else 0.0

    def middle_of(self, values: Matrix, hop: int, start: int, end: int) -> float:
        """Median of the known ``values`` in samples ``[start, end)``; NaN if there are none."""
        part = values[start // hop : max(-(-end // hop), start // hop + 1)]
        known = part[np.isfinite(part)]
        return float(np.median(known)) if len(known) else float("nan")
