"""Track the phase of the pulse over time, independently of the tempo octave.

At a given tempo a pulse has only a phase. The phase of the beat's quarters (or thirds) is tracked:
a shift to the off-beat gains nothing on that scale, so loud off-beats in one part of a track don't
pull the pulse away from its phase elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from .onsets import FRAME_RATE, Floats
from .tempo import TempoPath

Steps = npt.NDArray[np.int64]

PHASES = 48
STEP_S = 0.5
# Two bins in half a second: 4 % off the tempo, more than a tempo path's error.
REACH, MOVE_COST = 2, 0.1
# The time of a tempo jump of 3 % or more is uncertain by a second, and so is its phase.
JUMP, JUMP_MOVE_COST = 0.03, 0.02
TRIPLET_MARGIN = 1.15
# One constant tempo is chosen instead of a free path if it reaches this share of the path's score,
# because a free path also fits noise. Less is enough if the tempo path is nearly constant.
STEADY_SHARE, EVEN_STEADY_SHARE = 0.9, 0.7
EVEN_WITHIN, EVEN_STEPS = 0.004, 0.8


@dataclass(frozen=True, slots=True)
class Pulse:
    """The pulse of a track.

    Attributes
    ----------
    turns : periods of the pulse up to each frame, ``(n_frames,)``, ascending; a part of the pulse
        falls on each multiple of ``1 / parts``
    parts : 4, or 3 for music in triplets
    steady : whether the tempo is the same throughout
    strength : accents on the pulse's parts relative to the mean; 1 is chance
    """

    turns: Floats
    parts: int
    steady: bool
    strength: float

    def times_s(self, turns: Floats) -> Floats:
        """Return the times of these turns."""
        return np.asarray(np.interp(turns, self.turns, np.arange(len(self.turns)) / FRAME_RATE))


def track_pulse(accent: Floats, tempo: TempoPath) -> Pulse:
    """Track the pulse that follows the tempo and best meets the accents, ``(n_frames,)``."""
    at_s = np.arange(len(accent)) / FRAME_RATE
    turns = np.cumsum(1.0 / np.interp(at_s, tempo.times_s, tempo.period_s)) / FRAME_RATE
    evidence = fold(accent, turns)
    steps_s = np.arange(len(evidence)) * STEP_S
    leaps = _leaps(np.interp(steps_s, tempo.times_s, tempo.period_s))
    tracked = {parts: _follow(_folded(evidence, parts), leaps) for parts in (4, 3)}
    # Triplets need a margin, since thirds may fit straight music by chance.
    parts = 3 if tracked[3][1] > TRIPLET_MARGIN * tracked[4][1] else 4
    path, score = tracked[parts]
    steady_turns, steady_score = _steady(accent, float(np.median(tempo.period_s)))
    share = EVEN_STEADY_SHARE if _even(tempo) else STEADY_SHARE
    if steady_score[parts] > share * score:
        return Pulse(steady_turns[parts], parts, True, steady_score[parts])
    middle_s = (np.arange(len(path)) + 0.5) * STEP_S
    phase = np.interp(at_s, middle_s, (path + 0.5) / PHASES)
    return Pulse(np.maximum.accumulate(turns - phase), parts, False, score)


def _even(tempo: TempoPath) -> bool:
    """Check whether the tempo is nearly always the same."""
    off = np.abs(np.log(tempo.period_s / np.median(tempo.period_s)))
    return bool(np.quantile(off, EVEN_STEPS) < EVEN_WITHIN)


def _steady(accent: Floats, period_s: float) -> tuple[dict[int, Floats], dict[int, float]]:
    """Fit a pulse of constant tempo within 0.8 % of ``period_s``.

    Returns the pulse and its mean evidence, in four parts and in three.
    """
    profile, rate = steady_profile(accent, period_s)
    at_s = np.arange(len(accent)) / FRAME_RATE
    turns, scores = {}, {}
    for parts in (4, 3):
        folded = profile.reshape(parts, -1).mean(axis=0)
        scores[parts] = float(folded.max())
        phase = (int(folded.argmax()) + 0.5) / PHASES
        turns[parts] = at_s / period_s * (1.0 - rate) - phase
    return turns, scores


def steady_profile(accent: Floats, period_s: float) -> tuple[Floats, float]:
    """Find the constant tempo within 0.8 % of ``period_s`` whose phases are the clearest.

    Returns the mean evidence of each phase, ``(PHASES,)``, and the tempo's relative deviation. For
    each rate, rows of evidence are rotated by the phase gained until then and added up. A Fourier
    transform over time of each harmonic does so for all rates at once.
    """
    at_s = np.arange(len(accent)) / FRAME_RATE
    evidence = fold(accent, at_s / period_s)
    n_steps, step = len(evidence), STEP_S / period_s
    # Neighbouring rates differ by a quarter of a bin over the whole track.
    rates = np.arange(-0.008, 0.008, 0.25 / PHASES / (n_steps * step))
    n_padded = fft.next_fast_len(8 * n_steps)
    by_harmonic = np.fft.rfft(evidence, axis=1)
    harmonics = np.arange(PHASES // 2 + 1)
    turned = np.outer(rates, harmonics) * step
    at = np.round(turned * n_padded).astype(int) % n_padded
    aligned = np.empty(at.shape, complex)
    for harmonic in harmonics:  # one by one, since all at once would take 200 MB for three hours
        over_time = fft.ifft(by_harmonic[:, harmonic], n_padded) * n_padded
        aligned[:, harmonic] = over_time[at[:, harmonic]]
    # The right rate gives the sharpest profile.
    best = int(np.square(np.abs(aligned[:, 1:])).sum(axis=1).argmax())
    centred = aligned[best] * np.exp(1j * np.pi * turned[best])  # rows begin half a step earlier
    profile = np.fft.irfft(centred, PHASES) / n_steps
    return np.asarray(profile), float(rates[best])


def fold(accent: Floats, turns: Floats) -> Floats:
    """Sum onset strength by half second and phase, ``(n_steps, PHASES)``.

    Row means are at most 1.
    """
    step = (np.arange(len(accent)) / FRAME_RATE / STEP_S).astype(int)
    n_steps = step[-1] + 1
    cell = step * PHASES + ((turns % 1.0) * PHASES).astype(int) % PHASES
    sums = np.bincount(cell, accent, n_steps * PHASES).reshape(n_steps, PHASES)
    # A beat covers 20 ms on either side: players' jitter and the frames' width.
    width = 0.02 * (turns[-1] - turns[0]) / (len(turns) / FRAME_RATE) * PHASES
    offsets = np.arange(-PHASES // 2, PHASES // 2)
    kernel = np.exp(-0.5 * (offsets / width) ** 2) / (width * np.sqrt(2.0 * np.pi))
    spectrum = np.fft.rfft(np.fft.ifftshift(kernel)) * np.fft.rfft(sums, axis=1)
    spread = np.asarray(np.fft.irfft(spectrum, PHASES, axis=1))
    loudness = spread.mean(axis=1, keepdims=True)
    # A busy half second is no better evidence of the phase than one clear drum.
    even = spread / np.maximum(loudness, 0.3 * loudness.mean() + 1e-9)
    # Without silence: means over all rows become means over rows with sound.
    return np.asarray(even / max(float(np.mean(loudness > 0.05 * loudness.max())), 1e-3))


def _folded(evidence: Floats, parts: int) -> Floats:
    return np.asarray(evidence.reshape(len(evidence), parts, PHASES // parts).mean(axis=1))


def _leaps(period_s: Floats) -> npt.NDArray[np.bool_]:
    change = np.abs(np.diff(np.log(period_s), append=np.log(period_s[-1])))
    return np.convolve(change > JUMP / 2.0, np.ones(5), "same") > 0


def _follow(evidence: Floats, leaps: npt.NDArray[np.bool_]) -> tuple[Steps, float]:
    """Find the best path of phases (Viterbi on a circle), unwrapped, and its mean evidence."""
    bins = np.arange(evidence.shape[1])
    moves = np.arange(-len(bins) // 2, len(bins) // 2 + 1)
    sources = (bins[:, None] - moves) % len(bins)
    usual = np.where(np.abs(moves) <= REACH, MOVE_COST * np.abs(moves), np.inf)
    leaping = JUMP_MOVE_COST * np.abs(moves)
    score, chosen = evidence[0], np.zeros(evidence.shape, np.int64)
    for k in range(1, len(evidence)):
        options = score[sources] - (leaping if leaps[k] else usual)
        best = options.argmax(axis=1)
        chosen[k] = moves[best]
        score = options[bins, best] + evidence[k]
    path = np.empty(len(evidence), np.int64)
    path[-1] = score.argmax()
    for k in range(len(evidence) - 1, 0, -1):
        path[k - 1] = path[k] - chosen[k, path[k] % len(bins)]
    return path, float(score.max()) / len(evidence)
