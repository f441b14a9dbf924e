"""Make one sound follow the loudness of another, note by note."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from ..fades import Gains
from ..samples import SAMPLE_RATE, Samples
from .performance import Floats

FOLLOW = 441  # 10 ms: shorter than an audible attack of a drum, longer than a period from 100 Hz up
FOLLOW_LOW = 1102  # 25 ms, for basses: a period at 40 Hz; a shorter time would distort the waveform

MOST_PEAK = 1.8  # largest peak of a stem, 5 dB over full scale; its file format allows 6 dB

DECAY_DB, DECAY = 12.0, round(0.06 * SAMPLE_RATE)
"""Fall of a note that decays, and the samples in which most of it falls. Noise that is held at one
level hides the next strike: without pitch, only a rise in level says that a note begins."""

_DECAYED = np.float32(10.0 ** (-DECAY_DB / 20.0))
MAX_NOTE = 4 * SAMPLE_RATE  # of most notes; a longer one keeps its last gain

_GRID = 63  # samples between two gains: 1.4 ms, a seventh of ``FOLLOW``
_UNDER_OWN = 1e-4  # -40 dB: weaker sound, such as the end of a note, is raised less


@dataclass(frozen=True, slots=True)
class Follower:
    """Computes gains that make one sound as loud as another.

    Both are measured as mean squares over ``width`` samples, smoothed over as many again.

    Attributes
    ----------
    width : samples over which loudness is followed; 0 for a constant gain
    own_power : overall mean square of the sound that is played
    wanted_power : overall mean square of the sound that is followed
    decays : let a note fall by ``DECAY_DB`` under its model after its attack
    """

    width: int
    own_power: float
    wanted_power: float
    decays: bool = False

    def levelled(
        self, raw: Samples, model: Samples, lead: int, *, struck: bool = True
    ) -> tuple[Samples, Samples]:
        """Make a note as loud as its model.

        Only the note itself is measured, so its attack stays steep.

        Parameters
        ----------
        raw : float32 ``(2, lead + n)``; the lead-in gets the note's first gain
        model : float32 ``(2, n)``
        struck : whether the note begins with an attack, or goes on

        Returns
        -------
        the lead-in, and the note
        """
        body = raw[:, lead:]
        grid = self._gains(body, model)
        at = np.arange(body.shape[1], dtype=np.float32)
        gains = np.interp(at, _places(body.shape[1]), grid).astype(np.float32)
        if self.decays and self.width:
            gains *= _decay(len(at)) if struck else _DECAYED
        before = raw[:, :lead]
        loudest = float(np.abs(before).max(initial=1e-6))
        return before * np.float32(min(float(grid[0]), MOST_PEAK / loudest)), body * gains

    def _gains(self, raw: Samples, model: Samples) -> Floats:
        """Compute the gain at every ``_GRID`` samples and at the end."""
        places = _places(raw.shape[1])
        if self.width:
            own = np.maximum(self._powers(raw, places), _UNDER_OWN * self.own_power)
            gains = np.sqrt(self._powers(model, places) / np.maximum(own, 1e-12))
        else:
            gains = np.full(len(places), np.sqrt(self.wanted_power / max(self.own_power, 1e-12)))
        peaks = np.maximum.reduceat(np.abs(raw).max(axis=0), places[:-1].astype(np.int64))
        peaks = maximum_filter1d(np.append(peaks, peaks[-1]), 3)
        return np.asarray(np.minimum(gains, MOST_PEAK / np.maximum(peaks, 1e-6)))

    def _powers(self, sound: Samples, places: Floats) -> Floats:
        """Compute mean squares around positions, within the note."""
        running = np.concatenate(
            [[0.0], np.cumsum(np.square(sound, dtype=np.float64).mean(axis=0))]
        )
        first = np.maximum(places - self.width // 2, 0).astype(np.int64)
        last = np.minimum(places + self.width // 2, sound.shape[1]).astype(np.int64)
        powers = (running[last] - running[first]) / np.maximum(last - first, 1)
        width = max(self.width // _GRID, 1)
        # Running sums leave rounding errors in silence.
        return np.asarray(np.maximum(uniform_filter1d(powers, width, mode="nearest"), 0.0))


@lru_cache(maxsize=1)
def _longest_decay() -> Gains:
    """Gain of the longest note that decays."""
    at = np.arange(MAX_NOTE)
    gains = (_DECAYED + (1.0 - _DECAYED) * np.exp(-at / DECAY)).astype(np.float32)
    gains.flags.writeable = False
    return gains


def _decay(n_samples: int) -> Gains:
    """Gain of a note that decays, at each of its samples."""
    return np.pad(_longest_decay()[:n_samples], (0, max(n_samples - MAX_NOTE, 0)), mode="edge")


def _places(n_samples: int) -> Floats:
    """Return the positions of gains: a grid from the note's first sample, and its end."""
    return np.append(np.arange(0.0, n_samples, _GRID), float(n_samples))
