"""Tempo maps: the incoming track on the outgoing beats, then back to its own tempo."""

from __future__ import annotations

import numpy as np

from ....contract.dj import DjRules
from ....dsp.samples import SAMPLE_RATE
from ...deck import Grid, Times
from ..candidates import MATCHED, Candidate

Warp = tuple[tuple[int, int], ...]

RETURN_BARS = (32, 16, 8, 4)  # bars over which the incoming track returns to its own tempo
STEADY_DEVIATION_S = 0.001  # beats within a millisecond of a straight line are put on the line
NO_STRETCH = 5e-5  # a smaller tempo change drifts 3 ms in a minute, and is not made

# (beats of the outgoing, beats of the incoming) by fold
_STEPS = {1.0: (1, 1), 2.0: (1, 2), 0.5: (2, 1)}


def return_bars(grid: Grid, join: Candidate, later: Candidate | None, rules: DjRules) -> int:
    """Number of bars for the return to the incoming track's own tempo.

    As the DJ rules say, if there is room. ``later`` is the join at which the track ends; None for
    the last track.
    """
    free_until_s = later.own_tempo_from_s if later else float(grid.beats_s[-1])
    free = (free_until_s - join.in_end_s) / grid.bar_s
    return next((n for n in RETURN_BARS if n <= min(rules.return_bars, free + 0.01)), 0)


def earliest_exit_s(join: Candidate, grid: Grid | None, rules: DjRules) -> float:
    """The second at which a track that came in with ``join`` can be left.

    By then it is back at its own tempo. The return takes at least four bars, or it is audible as a
    lurch.
    """
    if join.kind not in MATCHED or not rules.return_bars or grid is None:
        return join.in_end_s
    return join.in_end_s + min(rules.return_bars, RETURN_BARS[-1]) * grid.bar_s


def follow(
    candidate: Candidate, out: Grid, into: Grid, *, mix_start_s: float, return_bars: int
) -> Warp:
    """Tempo map of the incoming clip: on the outgoing beats, then back to its own tempo.

    ``mix_start_s`` is where the overlap begins in the mix. The track returns to its own tempo over
    ``return_bars`` of its bars; 0 is a jump. The map is empty if the tempos are equal.
    """
    sources, mixes = _overlap(candidate, out, into)
    mixes = mixes - mixes[0] + mix_start_s
    ratio = (sources[-1] - sources[0]) / (mixes[-1] - mixes[0])
    if len(sources) == 2 and abs(ratio - 1.0) < NO_STRETCH:
        return ()
    later_sources, later_mixes = _return(sources, mixes, into, return_bars)
    return _samples(np.append(sources, later_sources), np.append(mixes, later_mixes))


def _overlap(candidate: Candidate, out: Grid, into: Grid) -> tuple[Times, Times]:
    """Matching beats of both tracks in seconds; two points suffice if both are steady."""
    assert candidate.out_bar is not None and candidate.in_bar is not None
    beats = candidate.bars * out.beats_per_bar
    out_step, in_step = _STEPS[candidate.fold]
    out_first, in_first = out.downbeats[candidate.out_bar], into.downbeats[candidate.in_bar]
    count = beats // out_step
    mixes = out.beats_s[out_first : out_first + beats + 1 : out_step]
    sources = into.beats_s[in_first : in_first + count * in_step + 1 : in_step]
    n = min(len(mixes), len(sources))
    mixes, sources = mixes[:n], sources[:n]
    if _straight(mixes) and _straight(sources):
        return sources[[0, -1]], mixes[[0, -1]]
    return sources, mixes


def _straight(times: Times) -> bool:
    line = np.linspace(times[0], times[-1], len(times))
    return bool(np.abs(times - line).max() < STEADY_DEVIATION_S)


def _return(sources: Times, mixes: Times, into: Grid, return_bars: int) -> tuple[Times, Times]:
    """Points of the return, one per beat: the tempo ratio moves in a line to 1."""
    back = min(5, len(sources))
    ratio = (sources[-1] - sources[-back]) / (mixes[-1] - mixes[-back])
    beats = return_bars * into.beats_per_bar
    later = into.beats_s[into.beats_s > sources[-1] + 1e-6][:beats]
    if not len(later):
        return np.zeros(0), np.zeros(0)
    durations = np.diff(later, prepend=sources[-1])
    share = (np.arange(len(later)) + 0.5) / len(later)
    ratios = ratio + (1.0 - ratio) * share
    return later, mixes[-1] + np.cumsum(durations / ratios)


def _samples(sources: Times, mixes: Times) -> Warp:
    points = zip(np.rint(sources * SAMPLE_RATE), np.rint(mixes * SAMPLE_RATE), strict=True)
    return tuple((int(source), int(mix)) for source, mix in points)
