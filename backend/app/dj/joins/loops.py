"""Loops of a track's last bars, where its outro is too thin for a blend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...analysis.structure.bounds import Bounds
from ...contract.analysis import BEATS_SURE
from ...contract.dj import DjRules
from ...dsp.loudness import HOP, Energies
from ...dsp.samples import SAMPLE_RATE, seconds
from ..deck import Grid, Times
from ..loop import Loop
from ..pair import Pair
from ..tempo_stretch import fold_between, within_stretch_limit
from .candidates import Candidate, JoinConstraints, candidates_of
from .figures.facts import Facts, PairFacts
from .figures.left_out import left_out_of
from .rules import SURE_OF_BARS
from .written_out import written_out

LOOPED_BARS, MOST_BARS, MOST_TIMES = (4, 2, 1), 16, 8
"""Bars of a loop, how many it may add, and how often it may repeat: one bar over and over soon
sounds like a broken record."""

LEAST_BARS = 8  # a shorter blend is not worth a loop

STEADY_LU, BEFORE_BARS = 2.0, 8
"""Looped bars are this near to the level of the bars before them: no fade-out is looped."""

STEADY_HALF_LU = 3.0
"""So are both halves of each bar: a last chord that rings out is as loud as a bar of music in all,
but its second half is 5 LU softer, and without beats."""

_MOST_LOST_BARS = 4  # bars after the loop that are left out, such as a last chord or a fade-out
_MOMENT_S = 0.01


@dataclass(frozen=True)
class LoopedPair:
    """A pair whose outgoing track ends in a loop, and its candidates that use the loop."""

    pair: Pair  # with the loop written out
    facts: LoopedFacts
    candidates: list[Candidate]


@dataclass(frozen=True)
class LoopedFacts(PairFacts):
    """Computes figures; what is left out is counted in the track without its loop."""

    own: Pair

    def of(self, candidate: Candidate) -> Facts:
        """Compute a candidate's figures."""
        heard = replace(candidate, out_end_s=candidate.leaves_s)
        return replace(
            super().of(candidate),
            trimmed_out_s=max(self.own.outgoing.music_end_s - candidate.leaves_s, 0.0),
            left_out=left_out_of(heard, self.own),
        )


def looped_pair_of(pair: Pair, rules: DjRules, fixed: JoinConstraints) -> LoopedPair | None:
    """Write out the outgoing track's loop, and list the blends that use it; None without a loop.

    A track is looped only if its outro is too thin for the requested length, or the join's
    position is requested.
    """
    if fixed.kind not in (None, "blend") or fixed.loops is False:
        return None
    if fixed.kind is None and "blend" not in rules.allowed_kinds:
        return None
    if not _may_match(pair, rules):
        return None
    loop = loop_of(pair, None if fixed.out_s is not None else fixed.bars or rules.preferred_bars)
    if loop is None:
        return None
    longer = written_out(pair, loop)
    found = candidates_of(longer, rules, replace(fixed, kind="blend"))
    candidates = list(_looping(found, loop))
    return LoopedPair(longer, LoopedFacts(longer, pair), candidates) if candidates else None


def _may_match(pair: Pair, rules: DjRules) -> bool:
    """Whether the tempos and the incoming beats allow a blend at all."""
    out, into = pair.out_grid, pair.in_grid
    if out is None or into is None or out.beats_per_bar != into.beats_per_bar:
        return False
    start_s = pair.incoming.music_start_s
    bpms = out.tempo_at(pair.outgoing.music_end_s), into.tempo_at(start_s)
    stretch_percent = 100.0 * (fold_between(*bpms) * bpms[0] / bpms[1] - 1.0)
    sure = into.confidences(start_s, start_s + LEAST_BARS * into.bar_s)[0] >= BEATS_SURE
    return sure and bool(within_stretch_limit(stretch_percent, rules.max_stretch_percent + 1.0))


def _looping(found: list[Candidate], loop: Loop) -> Iterator[Candidate]:
    """The candidates that begin before the loop's repeats and end in them."""
    end_s, length_s = seconds(loop.end), seconds(loop.length)
    for one in found:
        added_s = one.out_end_s - end_s
        fits = LEAST_BARS <= one.bars <= MOST_BARS and one.out_s < end_s + _MOMENT_S
        if fits and added_s > _MOMENT_S:
            times = int(np.ceil((added_s - _MOMENT_S) / length_s))
            yield replace(one, loop=replace(loop, times=times))


def loop_of(pair: Pair, enough_bars: int | None) -> Loop | None:
    """Find the bars with which the outgoing track can go on; None if there are none.

    Also None if it already ends in ``enough_bars`` bars of steady level without a voice.
    """
    grid = pair.out_grid
    if grid is None or pair.in_grid is None:
        return None
    bars_s, end_s = grid.bars_s, pair.outgoing.music_end_s
    last = int(np.searchsorted(bars_s, end_s + grid.bar_s / grid.beats_per_bar, "right")) - 1
    levels_lu = _levels_lu(pair.outgoing.loudness.energies, bars_s[: last + 1])
    for end in range(last, max(last - _MOST_LOST_BARS - 1, 0), -1):
        if end_s - bars_s[end] > _MOST_LOST_BARS * grid.bar_s:
            break
        for bars in LOOPED_BARS:
            if _can_be_looped(grid, levels_lu, end - bars, end):
                if enough_bars and _is_free(grid, levels_lu, end - enough_bars, end):
                    return None
                return _loop(bars_s[[end - bars, end]], min(MOST_BARS // bars, MOST_TIMES))
    return None


def _loop(bounds_s: Times, times: int) -> Loop:
    start, end = (round(float(at) * SAMPLE_RATE) for at in bounds_s)
    return Loop(start, end - start, times)


def _levels_lu(energies: Energies, bars_s: Times) -> Times:
    """Mean level of each bar and of its two halves, in LU, shape (bars, 3)."""
    total = np.concatenate([[0.0], np.cumsum(energies)])

    def mean(from_s: Times, to_s: Times) -> Times:
        first, end = (
            np.minimum(np.rint(at_s * SAMPLE_RATE / HOP).astype(np.int64), len(energies))
            for at_s in (from_s, to_s)
        )
        return np.asarray((total[end] - total[first]) / np.maximum(end - first, 1))

    middles_s = (bars_s[1:] + bars_s[:-1]) / 2.0
    of_bars = mean(bars_s[:-1], bars_s[1:])
    means = np.stack([of_bars, mean(bars_s[:-1], middles_s), mean(middles_s, bars_s[1:])], axis=1)
    return np.asarray(10.0 * np.log10(np.maximum(means, 1e-12)))


def _can_be_looped(grid: Grid, levels_lu: Times, first: int, end: int) -> bool:
    """Whether bars are sure, whole, without a voice, and as loud as those before them."""
    if first < BEFORE_BARS or not grid.is_regular(first, end):
        return False
    beats, bars = grid.confidences(*_bounds_s(grid, first, end))
    sure = beats >= BEATS_SURE and bars >= SURE_OF_BARS
    before = levels_lu[first - BEFORE_BARS : first].mean(axis=0)
    near = np.abs(levels_lu[first:end] - before) < (STEADY_LU, STEADY_HALF_LU, STEADY_HALF_LU)
    return sure and bool(near.all()) and not _is_sung(grid, first, end)


def _is_free(grid: Grid, levels_lu: Times, first: int, end: int) -> bool:
    """Whether bars have no voice and keep their level to the end."""
    if first < 0 or _is_sung(grid, first, end):
        return False
    levels = levels_lu[first:end, 0]
    return bool((np.abs(levels - levels.mean()) < STEADY_LU).all())


def _is_sung(grid: Grid, first: int, end: int) -> bool:
    start_s, end_s = _bounds_s(grid, first, end)
    return any(v.start_s < end_s and v.end_s > start_s for v in grid.analysis.vocals)


def _bounds_s(grid: Grid, first: int, end: int) -> Bounds:
    return float(grid.bars_s[first]), float(grid.bars_s[end])
