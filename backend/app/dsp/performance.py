"""What is played in a sound, as plain values over time: what grains are cut and laid by."""

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
    """What is played in a sound; places are samples at 44.1 kHz.

    Attributes
    ----------
    n_samples : how long it is
    onsets : where something begins, ascending, int64
    power : mean square of every ``POWER_HOP`` samples, over both channels, float32
    pitch : in cents over 1 Hz, one voice's; NaN where there is none. Value ``k`` is for sample
        ``k * PITCH_HOP``, float32
    tones : in cents over 1 Hz, the strongest tones that sound together, float32 ``(n, 3)``, the
        strongest first; NaN where there are fewer. Row ``k`` is for sample ``k * TONE_HOP``
    brightness : the middle of the spectrum in octaves over 1 Hz, float32; value ``k`` is for sample
        ``k * BRIGHTNESS_HOP``
    """

    n_samples: int
    onsets: Places
    power: Matrix
    pitch: Matrix
    tones: Matrix
    brightness: Matrix

    @property
    def loud_power(self) -> float:
        """The mean square of what is not 40 dB under its loudest moments; 0 for silence."""
        if not len(self.power):
            return 0.0
        top = float(np.percentile(self.power, 99))
        return float(self.power[self.power >= 1e-4 * top].mean()) if top > 0.0 else 0.0

    def middle_of(self, values: Matrix, hop: int, start: int, end: int) -> float:
        """The median of what is known of ``values`` in ``[start, end)``; NaN where nothing is."""
        part = values[start // hop : max(-(-end // hop), start // hop + 1)]
        known = part[np.isfinite(part)]
        return float(np.median(known)) if len(known) else float("nan")
