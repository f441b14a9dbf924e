"""Find where a track leaves its beat grid: another tempo, or the same at another phase.

Each part is then searched by itself. A part without drums that returns to the grid is not a break:
the grid goes on under it.
"""

from __future__ import annotations

import numpy as np

from .onsets import FINE_RATE, FRAME_RATE, Floats
from .pulse import PHASES, STEP_S, Pulse, fold, steady_profile
from .tempo import TempoPath

LEAST_PART_S = 20.0  # a shorter part has too few beats to be searched by itself
TEMPO_AROUND = 8  # steps of the tempo path on either side that are compared, about 8 s
TEMPO_STEP = 0.045  # least change of tempo: drummers drift less in a quarter of a minute
SETTLED = 0.012  # on both sides the tempo stays this close to its median
VOTING_STEPS = 32  # 16 s of the pulse on either side tell its phase
HALVES = 2  # phases count within half a turn: off-beats louder than beats are no jump
JUMP = 0.08  # least jump of the phase, in halves of a turn
GAIN = 1.12  # two constant pulses fit at least this much better than one
SEARCH_S = 8.0  # the exact break is searched this far around
EARLY_S = 0.02  # a break lies this long before the first beat of the new grid


def find_breaks(accent: Floats, tempo: TempoPath, pulse: Pulse) -> list[float]:
    """Return the times, in seconds and to some seconds, at which another grid begins."""
    end_s = len(accent) / FRAME_RATE
    found = _tempo_breaks(tempo)
    if pulse.steady and not found:
        found = _phase_breaks(accent, pulse)
    breaks: list[float] = []
    for at_s in sorted(found):
        if at_s - (breaks[-1] if breaks else 0.0) > LEAST_PART_S and end_s - at_s > LEAST_PART_S:
            breaks.append(at_s)
    return breaks


def _tempo_breaks(tempo: TempoPath) -> list[float]:
    """Return the times at which one settled tempo changes to another."""
    periods = np.log(tempo.period_s)
    steps = np.zeros(len(periods))
    for k in range(TEMPO_AROUND, len(periods) - TEMPO_AROUND):
        # The tempo of a step is that of a window around it: the steps nearest to a change mix both.
        before, after = periods[k - TEMPO_AROUND : k - 1], periods[k + 2 : k + TEMPO_AROUND + 1]
        settled = all(
            np.median(np.abs(side - np.median(side))) < SETTLED for side in (before, after)
        )
        steps[k] = settled * abs(float(np.median(after) - np.median(before)))
    found = []
    while len(steps) and steps.max() > TEMPO_STEP:
        widest = np.flatnonzero(steps > 0.95 * steps.max())
        k = int(widest[widest < widest[0] + TEMPO_AROUND].mean())
        found.append(float(tempo.times_s[k]))
        steps[max(k - 2 * TEMPO_AROUND, 0) : k + 2 * TEMPO_AROUND] = 0.0
    return found


def _phase_breaks(accent: Floats, pulse: Pulse) -> list[float]:
    """Return where the phase of a steady pulse jumps for good.

    A jump counts if a constant pulse on either side fits clearly better than one over both, so
    parts of other accents within the same grid do not count.
    """
    period_s = len(accent) / FRAME_RATE / max(float(np.ptp(pulse.turns)), 1e-6)
    at_s = _largest_jump_s(accent, pulse)
    if at_s is None or not LEAST_PART_S < at_s < len(accent) / FRAME_RATE - LEAST_PART_S:
        return []
    at = round(at_s * FRAME_RATE)
    before, after = (_clearness(part, period_s) for part in (accent[:at], accent[at:]))
    apart = (at * before + (len(accent) - at) * after) / len(accent)
    return [at_s] if apart > GAIN * _clearness(accent, period_s) else []


def _largest_jump_s(accent: Floats, pulse: Pulse) -> float | None:
    """Return where the phase of 16 s differs most from that of the 16 s before, if it does."""
    half_turns = fold(accent, pulse.turns).reshape(-1, HALVES, PHASES // HALVES).mean(axis=1)
    around = np.exp(2j * np.pi * np.arange(half_turns.shape[1]) / half_turns.shape[1])
    total = np.concatenate([[0.0], np.cumsum(half_turns @ around)])
    here = np.arange(VOTING_STEPS, len(half_turns) - VOTING_STEPS)
    if not len(here):
        return None
    before = total[here] - total[here - VOTING_STEPS]
    after = total[here + VOTING_STEPS] - total[here]
    turned = after * np.conj(before)
    drift = np.exp(-1j * np.angle(turned.sum()))  # a fit to both sides turns all the time
    jump = np.abs(np.angle(turned * drift)) / (2.0 * np.pi)
    k = int(jump.argmax())
    return float(here[k] * STEP_S) if jump[k] > JUMP else None


def _clearness(accent: Floats, period_s: float) -> float:
    """Return the evidence of the best phase of the best constant tempo; 1 is chance."""
    profile, _ = steady_profile(accent, period_s)
    return float(profile.reshape(HALVES, -1).mean(axis=0).max())


def exact_break_s(before_s: Floats, after_s: Floats, near_s: float, rise: Floats) -> float:
    """Return the time near ``near_s`` from which on the second grid fits better than the first.

    Parameters
    ----------
    before_s, after_s : beats of the two parts
    rise : steepness of the sound at each millisecond, see :func:`.beat_grid.attacks`
    """
    span = near_s - SEARCH_S, near_s + SEARCH_S
    early, late = (extended_grid(beats_s, *span)[0] for beats_s in (before_s, after_s))
    early, late = (beats_s[(beats_s >= span[0]) & (beats_s < span[1])] for beats_s in (early, late))
    won = np.concatenate([[0.0], np.cumsum(_rises_at(early, rise))])
    lost = np.concatenate([[0.0], np.cumsum(_rises_at(late, rise))])
    # The break lies just before a beat of the second grid.
    gained = won[np.searchsorted(early, late - EARLY_S)] - lost[:-1]
    if not len(late):
        return near_s
    at = int(np.argmax(gained))
    # The beat before the break may be the same one, seen by both grids: it stays the first one's.
    last = early[early < late[at] - EARLY_S][-1:]
    doubled = len(last) and late[at] - last[0] < float(np.median(np.diff(late))) / 2.0
    return float(late[at] + (EARLY_S if doubled else -EARLY_S))


def extended_grid(beats_s: Floats, first_s: float, last_s: float) -> tuple[Floats, int]:
    """Continue a grid back to ``first_s`` and on to ``last_s``, at its tempo at either end.

    Returns the beats, and how many were added before.
    """
    start_s, end_s = (float(np.median(np.diff(near))) for near in (beats_s[:9], beats_s[-9:]))
    before = np.arange(beats_s[0] - start_s, first_s, -start_s)[::-1]
    after = np.arange(beats_s[-1] + end_s, last_s, end_s)
    return np.concatenate([before, beats_s, after]), len(before)


def _rises_at(beats_s: Floats, rise: Floats) -> Floats:
    """Return the steepest rise within 15 ms of each beat."""
    at = np.round(beats_s * FINE_RATE).astype(int)[:, None] + np.arange(-15, 16)
    return np.asarray(rise.take(np.clip(at, 0, len(rise) - 1)).max(axis=1))
