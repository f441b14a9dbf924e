"""Score a tool on one song: measures of MIREX (mir_eval), and usability for mixing."""

from __future__ import annotations

from dataclasses import dataclass

import mir_eval
import numpy as np

from .contestants import Detected
from .corpus import MirSong, Times
from .stretches import key_score, key_time, tempo_time

# MIREX's tolerance for a tempo.
TEMPO_TOLERANCE = 0.04
# Multiples of the true tempo that "accuracy 2" counts as right (Gouyon et al. 2006).
TEMPO_LEVELS = (1.0, 2.0, 3.0, 1.0 / 2.0, 1.0 / 3.0)
# mir_eval's tolerance for a beat.
FOUND_S = 0.070
# Two beats within 35 ms sound like one hit; that is half of mir_eval's tolerance.
USABLE_S, USABLE_SHARE = 0.035, 0.95
# A grid may have at most this many beats per true one; otherwise beats everywhere would score.
USABLE_DENSITY = 1.1


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one tool on one song; None for what it can't detect."""

    tempo_1: float | None
    tempo_2: float | None
    tempo_time: float | None
    beat_f: float
    error_ms: float | None
    bias_ms: float | None
    grid_usable: float
    downbeat_f: float | None
    key_exact: float | None
    key_weighted: float | None
    key_time: float | None
    cpu_s: float


def score(song: MirSong, detected: Detected, *, names_keys: bool) -> Scores:
    """Score the detected values; a missing key counts as wrong if keys are scored."""
    beats = np.array(detected.beats_s)
    errors_ms = found_errors_ms(song.beats(), beats)
    key = key_score(song.key, detected.key) if names_keys else None
    return Scores(
        tempo_1=tempo_right(song.tempo_bpm(), detected.tempo_bpm, (1.0,)),
        tempo_2=tempo_right(song.tempo_bpm(), detected.tempo_bpm, TEMPO_LEVELS),
        tempo_time=tempo_time(song, detected),
        beat_f=beat_f(song.beats(), beats),
        error_ms=float(np.median(np.abs(errors_ms))) if len(errors_ms) else None,
        bias_ms=float(np.median(errors_ms)) if len(errors_ms) else None,
        grid_usable=float(grid_usable(song.beats(), beats)),
        downbeat_f=None
        if detected.downbeats_s is None
        else beat_f(song.downbeats(), np.array(detected.downbeats_s)),
        key_exact=None if key is None else float(key == 1.0),
        key_weighted=key,
        key_time=key_time(song, detected) if names_keys else None,
        cpu_s=detected.cpu_s,
    )


def tempo_right(truth_bpm: float, heard_bpm: float | None, levels: tuple[float, ...]) -> float:
    """Return 1 if a tempo is within 4 % of the truth at one of the levels, else 0."""
    if not heard_bpm:
        return 0.0
    ratios = (heard_bpm / (truth_bpm * level) for level in levels)
    return float(any(abs(ratio - 1.0) <= TEMPO_TOLERANCE for ratio in ratios))


def beat_f(truth: Times, detected: Times) -> float:
    """Compute the F-measure of beats within 70 ms, without the first five seconds, as MIREX."""
    truth, detected = mir_eval.beat.trim_beats(truth), mir_eval.beat.trim_beats(detected)
    return float(mir_eval.beat.f_measure(truth, detected)) if len(detected) else 0.0


def found_errors_ms(truth: Times, detected: Times) -> Times:
    """Return the timing errors of the detected beats in ms; positive is late."""
    pairs = mir_eval.util.match_events(truth, detected, FOUND_S) if len(detected) else []
    return np.array([1000.0 * (detected[h] - truth[t]) for t, h in pairs])


def grid_usable(truth: Times, detected: Times) -> bool:
    """Whether 95 % of the true beats have a detected one within 35 ms.

    The detected grid may be at the song's tempo, at half or at double. All beats count, the first
    and the last, too: there a mix joins the song to others.
    """
    between = (truth[1:] + truth[:-1]) / 2.0
    levels = (truth, np.sort(np.concatenate((truth, between))), truth[::2], truth[1::2])
    return any(_covers(level, detected) for level in levels)


def _covers(truth: Times, detected: Times) -> bool:
    within = detected[(detected > truth[0] - FOUND_S) & (detected < truth[-1] + FOUND_S)]
    if not len(within) or len(within) > USABLE_DENSITY * len(truth):
        return False
    nearest = np.abs(truth[:, None] - within[None, :]).min(axis=1)
    return bool(np.mean(nearest <= USABLE_S) >= USABLE_SHARE)
