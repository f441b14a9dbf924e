"""Track the tempo class over time: the tempo without its octave.

A tempo, its double and its half are one tempo class, as notes an octave apart are one pitch class.
Rhythms that repeat at one level also repeat at the others, so a drifting drummer is followed
without octave jumps. :mod:`.tempo_octave` decides the octave afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..feature_rows import spans
from .onsets import FRAME_RATE, Floats, Onsets

Steps = npt.NDArray[np.int64]

WINDOW_S, STEP_S = 8.0, 1.0
BINS_PER_OCTAVE = 96  # 0.7 %; the beat tracker tolerates half a bin
SHORTEST_S = 0.2
OCTAVES = 4  # periods of 0.2 to 3.2 s: from sixteenths to bars
# Drifting by one bin a second costs nothing; a jump to another tempo needs much evidence.
STEP_COST, JUMP_COST, WIDEST_STEP = 0.02, 3.0, 6

SPAN_STEPS = 300  # steps processed together: five minutes


@dataclass(frozen=True, slots=True)
class TempoPath:
    """A tempo class over time, as a period within the octave of 0.35 to 0.7 s.

    Attributes
    ----------
    times_s, period_s : ``(n_steps,)`` each
    strength : regularity of the onsets at that tempo: 0.04 for noise, 0.2 to 0.6 for music
    """

    times_s: Floats
    period_s: Floats
    strength: float


def tempo_path(onsets: Onsets) -> TempoPath:
    """Track the tempo class (Viterbi on a circle of ``BINS_PER_OCTAVE`` classes)."""
    folded = _folded_tempogram(onsets)
    path = _class_path(folded)
    step = int(STEP_S * FRAME_RATE)
    sounding = np.add.reduceat(onsets.accent, np.arange(0, len(onsets.accent), step))
    sounding = np.minimum(sounding, 0.2 * sounding.max())
    regular = folded[np.arange(len(path)), path]
    strength = float(np.average(regular[: len(sounding)], weights=sounding[: len(path)] + 1e-9))
    step_s = int(STEP_S * FRAME_RATE) / FRAME_RATE
    return TempoPath(np.arange(float(len(path))) * step_s, _periods(path, folded), strength)


def _folded_tempogram(onsets: Onsets) -> Floats:
    """Average the tempogram over the octaves, ``(n_steps, BINS_PER_OCTAVE)``."""
    window, step = int(WINDOW_S * FRAME_RATE), int(STEP_S * FRAME_RATE)
    n_steps = len(onsets.accent) // step + 1
    parts = (onsets.kick, onsets.body, onsets.snare, onsets.hat, onsets.accent)
    padded = [np.pad(part, (window // 2, window + step)) for part in parts]
    pieces = [np.lib.stride_tricks.sliding_window_view(p, window)[::step] for p in padded]
    folded = np.empty((n_steps, BINS_PER_OCTAVE))
    for first, last in spans(n_steps, SPAN_STEPS):
        salience = _tempogram([piece[first:last] for piece in pieces])
        octaves = salience.reshape(last - first, OCTAVES, BINS_PER_OCTAVE)
        folded[first:last] = octaves.mean(axis=1)
    return folded


def _tempogram(pieces: list[Floats]) -> Floats:
    """Autocorrelate the onsets at log-spaced periods.

    The result has shape ``(n_steps, OCTAVES * BINS_PER_OCTAVE)``.

    ``pieces`` are those of kick, body, snare, hat and accent, ``(n_steps, window)`` each; accents
    count twice. Values lie between about 0 (no repetition) and 1.
    """
    total = np.zeros(pieces[0].shape)
    for piece, weight in zip(pieces, (1.0, 1.0, 1.0, 1.0, 2.0), strict=True):
        total += _autocorrelation(np.minimum(weight * piece, 8.0))
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
    """Convert classes to periods within an octave of the typical one.

    Exact to a fraction of a bin.
    """
    near = folded[np.arange(len(path))[:, None], (path[:, None] + [-1, 0, 1]) % BINS_PER_OCTAVE]
    bend = 2.0 * near[:, 1] - near[:, 0] - near[:, 2]
    shift = np.clip((near[:, 2] - near[:, 0]) / (2.0 * np.maximum(bend, 1e-6)), -0.5, 0.5)
    turn = 2.0 * np.pi / BINS_PER_OCTAVE
    middle = np.angle(np.exp(1j * turn * path).mean()) / turn
    around = (path - middle + BINS_PER_OCTAVE / 2) % BINS_PER_OCTAVE - BINS_PER_OCTAVE / 2
    base = SHORTEST_S * 2.0 ** (middle / BINS_PER_OCTAVE)
    octave = np.round(np.log2(0.5 / base))
    return np.asarray(base * 2.0 ** (octave + (around + shift) / BINS_PER_OCTAVE))
