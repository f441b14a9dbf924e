"""How fast it goes, moment by moment, but for the octave: which octave is the beat's is for later.

A tempo and its double and half are one tempo class, as notes an octave apart are one pitch class.
The class is tracked through time first, because rhythms that repeat at one level repeat at the
others too; so a drifting drummer is followed without a jump from beats to half-beats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from .onsets import FRAME_RATE, Floats, Onsets

Steps = npt.NDArray[np.int64]

WINDOW_S, STEP_S = 8.0, 1.0
BINS_PER_OCTAVE = 96  # 0.7 %: half a bin is nothing to the beat tracker
SHORTEST_S = 0.2
OCTAVES = 4  # periods of 0.2 to 3.2 s: from sixteenths to bars
# A player wanders by one bin a second for nothing; a jump to another tempo takes much evidence.
STEP_COST, JUMP_COST, WIDEST_STEP = 0.02, 3.0, 6


@dataclass(frozen=True, slots=True)
class TempoPath:
    """A tempo class over time, as a period within the octave of about 0.35 to 0.7 s.

    Attributes
    ----------
    times_s, period_s : ``(n_steps,)`` each
    strength : how regular what is heard is at that tempo: 0.04 for noise, 0.2 to 0.6 for music
    """

    times_s: Floats
    period_s: Floats
    strength: float


def tempo_path(onsets: Onsets) -> TempoPath:
    """Track the tempo class (Viterbi on a circle of ``BINS_PER_OCTAVE`` classes)."""
    salience = _tempogram(onsets)
    folded = salience.reshape(len(salience), OCTAVES, BINS_PER_OCTAVE).mean(axis=1)
    path = _class_path(folded)
    step = int(STEP_S * FRAME_RATE)
    sounding = np.add.reduceat(onsets.accent, np.arange(0, len(onsets.accent), step))
    sounding = np.minimum(sounding, 0.2 * sounding.max())
    regular = folded[np.arange(len(path)), path]
    strength = float(np.average(regular[: len(sounding)], weights=sounding[: len(path)] + 1e-9))
    step_s = int(STEP_S * FRAME_RATE) / FRAME_RATE
    return TempoPath(np.arange(float(len(path))) * step_s, _periods(path, folded), strength)


def _tempogram(onsets: Onsets) -> Floats:
    """Autocorrelation of the onsets at log-spaced periods.

    ``(n_steps, OCTAVES * BINS_PER_OCTAVE)``, about 0 (no repetition) to 1.
    """
    window, step = int(WINDOW_S * FRAME_RATE), int(STEP_S * FRAME_RATE)
    n_steps = len(onsets.accent) // step + 1
    total = np.zeros((n_steps, window))
    for part in (onsets.kick, onsets.body, onsets.snare, onsets.hat, 2.0 * onsets.accent):
        padded = np.pad(part, (window // 2, window + step))
        pieces = np.lib.stride_tricks.sliding_window_view(padded, window)[::step][:n_steps]
        total += _autocorrelation(np.minimum(pieces, 8.0))
    lags = SHORTEST_S * FRAME_RATE * 2.0 ** (np.arange(OCTAVES * BINS_PER_OCTAVE) / BINS_PER_OCTAVE)
    low = lags.astype(int)
    share = lags - low
    salience = (1.0 - share) * total[:, low] + share * total[:, low + 1]
    return np.asarray(salience / 6.0)


def _autocorrelation(pieces: Floats) -> Floats:
    n = pieces.shape[1]
    centred = pieces - pieces.mean(axis=1, keepdims=True)
    spectrum = fft.rfft(centred, 2 * n, axis=1)
    lagged = fft.irfft(np.abs(spectrum) ** 2, 2 * n, axis=1)[:, :n]
    unbiased = lagged / np.maximum(n - np.arange(n), n // 4)
    return np.asarray(unbiased / np.maximum(unbiased[:, :1], 1e-3))


def _class_path(folded: Floats) -> Steps:
    moves = np.arange(-WIDEST_STEP, WIDEST_STEP + 1)
    cost = STEP_COST * np.maximum(np.abs(moves) - 1.0, 0.0)
    bins = np.arange(BINS_PER_OCTAVE)
    sources = (bins[:, None] - moves) % BINS_PER_OCTAVE
    score = folded[0]
    came_from = np.zeros(folded.shape, int)
    for k in range(1, len(folded)):
        near = score[sources] - cost
        best = near.argmax(axis=1)
        value, jump = near[bins, best], score.max() - JUMP_COST
        came_from[k] = np.where(value >= jump, sources[bins, best], score.argmax())
        score = np.maximum(value, jump) + folded[k]
    path = np.empty(len(folded), int)
    path[-1] = score.argmax()
    for k in range(len(folded) - 1, 0, -1):
        path[k - 1] = came_from[k, path[k]]
    return path


def _periods(path: Steps, folded: Floats) -> Floats:
    """Classes as periods, to a fraction of a bin, all within one octave round the typical one."""
    near = folded[np.arange(len(path))[:, None], (path[:, None] + [-1, 0, 1]) % BINS_PER_OCTAVE]
    bend = 2.0 * near[:, 1] - near[:, 0] - near[:, 2]
    shift = np.clip((near[:, 2] - near[:, 0]) / (2.0 * np.maximum(bend, 1e-6)), -0.5, 0.5)
    turn = 2.0 * np.pi / BINS_PER_OCTAVE
    middle = np.angle(np.exp(1j * turn * path).mean()) / turn
    around = (path - middle + BINS_PER_OCTAVE / 2) % BINS_PER_OCTAVE - BINS_PER_OCTAVE / 2
    base = SHORTEST_S * 2.0 ** (middle / BINS_PER_OCTAVE)
    octave = np.round(np.log2(0.5 / base))
    return np.asarray(base * 2.0 ** (octave + (around + shift) / BINS_PER_OCTAVE))
