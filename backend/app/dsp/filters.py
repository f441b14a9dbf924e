"""Butterworth and shelving filters for streams, in blocks of any size.

All have minimum phase, so that a blend of filtered and unfiltered sound is a milder filter and not
a comb filter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from .samples import CHANNELS, SAMPLE_RATE, Samples

LOW_PASS_ORDER = 2  # 12 dB an octave, the slope of a DJ mixer's filter knob without resonance
SHELF_SECTIONS = 2  # steep enough to remove the bass and keep the voice, without a bump
# 1.5 ms: the steps are 80 dB below the sound; five octaves in two bars move by 0.002 octaves a
# step.
SWEEP_STEP = 64

Coefficients: TypeAlias = npt.NDArray[np.float64]
Cutoffs: TypeAlias = npt.NDArray[np.float64]
SweepKind = Literal["low_pass", "high_pass"]

_BUTTERWORTH_Q = 0.5**0.5
_LOWEST_HZ, _HIGHEST_HZ = 10.0, 20_000.0


class SectionFilter:
    """Filter a stream by second-order sections, in the order given."""

    def __init__(self, sections: npt.ArrayLike, channels: int, precision: npt.DTypeLike) -> None:
        # takes half a second to load, and not every mix has filters
        from scipy.signal import sosfilt

        self._sosfilt: Callable[..., tuple[Coefficients, Coefficients]] = sosfilt
        self._sections = np.atleast_2d(np.asarray(sections, precision))
        self._state = np.zeros((len(self._sections), channels, 2), precision)

    def process(self, block: Samples) -> Samples:
        """Filter the next block, float32 ``(channels, n)``."""
        if block.shape[1] == 0:  # scipy fails on an empty block
            return block
        # Low corner frequencies lose 50 dB of precision in float32, so the sections' type is used.
        sound = block.astype(self._sections.dtype, copy=False)
        out, self._state = self._sosfilt(self._sections, sound, axis=-1, zi=self._state)
        return out.astype(np.float32, copy=False)

    def retune(self, sections: npt.ArrayLike) -> None:
        """Change the coefficients; keep the state."""
        self._sections = np.atleast_2d(np.asarray(sections, self._sections.dtype))


class LowPassFilter(SectionFilter):
    """A Butterworth low-pass of 12 dB an octave, -3 dB at ``cutoff_hz``."""

    def __init__(self, cutoff_hz: float, *, channels: int = CHANNELS) -> None:
        from scipy.signal import butter

        sections = butter(LOW_PASS_ORDER, cutoff_hz, fs=SAMPLE_RATE, output="sos")
        super().__init__(sections, channels, np.float32)


class HighPassFilter(SectionFilter):
    """A Butterworth high-pass of 12 dB an octave, -3 dB at ``cutoff_hz``."""

    def __init__(self, cutoff_hz: float, *, channels: int = CHANNELS) -> None:
        super().__init__(_pass_section("high_pass", cutoff_hz), channels, np.float64)


class LowShelfFilter(SectionFilter):
    """Changes the level below ``frequency_hz`` by ``gain_db``, by half of it there.

    Two shelves of half the gain each, one after the other. At 120 Hz and -26 dB it takes 20 dB off
    everything below 80 Hz and less than 1 dB off what lies above 300 Hz.
    """

    def __init__(self, frequency_hz: float, gain_db: float, *, channels: int = CHANNELS) -> None:
        section = _shelf_section(frequency_hz, gain_db / SHELF_SECTIONS, side=1.0)
        super().__init__([section] * SHELF_SECTIONS, channels, np.float64)


class HighShelfFilter(SectionFilter):
    """Changes the level above ``frequency_hz``; see :class:`LowShelfFilter`."""

    def __init__(self, frequency_hz: float, gain_db: float, *, channels: int = CHANNELS) -> None:
        section = _shelf_section(frequency_hz, gain_db / SHELF_SECTIONS, side=-1.0)
        super().__init__([section] * SHELF_SECTIONS, channels, np.float64)


class SweptFilter:
    """A Butterworth low-pass or high-pass whose cutoff moves.

    The cutoff changes at every ``SWEEP_STEP``-th sample from the filter's own start, for any
    blocks, and the state is kept: steps this small sound like one movement.

    Parameters
    ----------
    cutoffs_hz : float, shape (steps,); the last one holds from then on. :func:`sweep` makes them
    """

    def __init__(self, kind: SweepKind, cutoffs_hz: Cutoffs, *, channels: int = CHANNELS) -> None:
        self._kind: SweepKind = kind
        self._cutoffs_hz = cutoffs_hz
        self._at = 0
        self._running = SectionFilter(
            _pass_section(kind, float(cutoffs_hz[0])), channels, np.float64
        )

    def process(self, block: Samples) -> Samples:
        """Filter the next block, float32 ``(channels, n)``."""
        parts = [block[:, :0]]
        done, n_samples = 0, block.shape[1]
        while done < n_samples:
            step, within = divmod(self._at, SWEEP_STEP)
            if within == 0 and step < len(self._cutoffs_hz):
                self._running.retune(_pass_section(self._kind, float(self._cutoffs_hz[step])))
            moves_on = step < len(self._cutoffs_hz) - 1
            taken = min(SWEEP_STEP - within if moves_on else n_samples, n_samples - done)
            parts.append(self._running.process(block[:, done : done + taken]))
            done, self._at = done + taken, self._at + taken
        return np.concatenate(parts, axis=1)


def sweep(from_hz: float, to_hz: float, *, begin: int, end: int) -> Cutoffs:
    """Compute cutoffs for :class:`SweptFilter` that move evenly in octaves.

    ``f = from_hz * (to_hz / from_hz) ** ((t - begin) / (end - begin))``, held before and after;
    ``begin`` and ``end`` in samples from the filter's start.
    """
    middles = np.arange(0, end + SWEEP_STEP, SWEEP_STEP) + SWEEP_STEP / 2
    progress = np.clip((middles - begin) / max(end - begin, 1), 0.0, 1.0)
    return np.asarray(from_hz * (to_hz / from_hz) ** progress)


def low_pass(samples: Samples, cutoff_hz: float) -> Samples:
    """Low-pass a whole clip, float32 ``(channels, n)``, from a filter at rest."""
    return LowPassFilter(cutoff_hz, channels=samples.shape[0]).process(samples)


def _pass_section(kind: SweepKind, cutoff_hz: float) -> Coefficients:
    """Second-order Butterworth section (Bristow-Johnson's cookbook, LPF and HPF)."""
    turn = 2 * np.pi * min(max(cutoff_hz, _LOWEST_HZ), _HIGHEST_HZ) / SAMPLE_RATE
    alpha, cosine = np.sin(turn) / (2 * _BUTTERWORTH_Q), np.cos(turn)
    sign = -1.0 if kind == "low_pass" else 1.0
    edge, middle = (1 + sign * cosine) / 2, -sign * (1 + sign * cosine)
    section: Coefficients = np.array([edge, middle, edge, 1 + alpha, -2 * cosine, 1 - alpha])
    section /= section[3]
    return section


def _shelf_section(frequency_hz: float, gain_db: float, *, side: float) -> Coefficients:
    """Shelf section without a bump (Bristow-Johnson's cookbook).

    ``side`` is 1 for its lowShelf, -1 for its highShelf.
    """
    turn = 2 * np.pi * frequency_hz / SAMPLE_RATE
    amplitude, cosine = 10 ** (gain_db / 40), side * np.cos(turn)
    bend = 2 * np.sqrt(amplitude) * np.sin(turn) / (2 * _BUTTERWORTH_Q)
    up, down = amplitude + 1, amplitude - 1
    section: Coefficients = np.array(
        [
            amplitude * (up - down * cosine + bend),
            2 * amplitude * side * (down - up * cosine),
            amplitude * (up - down * cosine - bend),
            up + down * cosine + bend,
            -2 * side * (down + up * cosine),
            up + down * cosine - bend,
        ]
    )
    section /= section[3]
    return section
