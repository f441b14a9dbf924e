"""Find where a join must lie so that a drop of the incoming track falls on a chosen bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from .deck import Grid
from .drops import Drop
from .pair import Pair
from .tempo_stretch import fold_between

JoinPlace = tuple[int, int, int, int | None]
"""Length in bars, the bars at which the overlap begins in both tracks, and the bar of the overlap
on which the incoming track's first drop falls, if the join is made for it."""

BETWEEN_BARS = 24
"""An intro of 24 bars needs an overlap of its own length if its drop is to land at the end."""

BEFORE_BARS, AFTER_BARS = (16, 8), (8, 16)
"""Overlaps before and after the bar on which two drops fall. After it both tracks play in full:
over 16 bars two songs at once only crowd each other."""

MOST_APART_LU = 3.0  # of two drops at once, one that is quieter by more is masked by the other


def landing_places(
    pair: Pair, outs: Sequence[int], ins: Sequence[int], lengths: Sequence[int]
) -> Iterator[JoinPlace]:
    """List overlaps that end on the incoming track's first drop, other than those from ``ins``."""
    out, into, drops = pair.out_grid, pair.in_grid, pair.in_drops
    if out is None or into is None or not drops:
        return
    first = drops[0].bar
    if len(lengths) > 1 and max(lengths) > BETWEEN_BARS:
        lengths = (*lengths, BETWEEN_BARS)
    ends = _tempos(into, {first})
    for out_bar, out_bpm in _tempos(out, outs).items():
        fold = fold_between(out_bpm, ends[first])
        for bars in lengths:
            in_bar = first - bars * fold
            known = in_bar in ins and bars != BETWEEN_BARS
            if in_bar >= 0 and in_bar == int(in_bar) and not known:
                yield bars, out_bar, int(in_bar), bars


def double_drop_places(pair: Pair) -> Iterator[JoinPlace]:
    """List overlaps in which the incoming track's first drop falls on a late one of the outgoing.

    The two drops must be about equally loud. Keys, voices and beats are left to the rules.
    """
    if pair.out_grid is None or not pair.in_drops:
        return
    into, middle = pair.in_drops[0], len(pair.out_grid.bars_s) / 2
    late = [drop for drop in pair.out_drops if drop.bar >= middle and _equal(drop, into)]
    for drop, before, after in product(late, BEFORE_BARS, AFTER_BARS):
        if min(drop.bar, into.bar) >= before:
            yield before + after, drop.bar - before, into.bar - before, before


def with_folds(pair: Pair, places: Sequence[JoinPlace]) -> Iterator[tuple[JoinPlace, float]]:
    """The places, each with the incoming track's beats per beat of the outgoing one there.

    Those that end on the incoming track's first drop by chance are made for it, too.
    """
    out, into = pair.out_grid, pair.in_grid
    if out is None or into is None:
        return
    out_bpm = _tempos(out, {out_bar for _, out_bar, _, _ in places})
    in_bpm = _tempos(into, {in_bar for _, _, in_bar, _ in places})
    pairs = {(out_bar, in_bar) for _, out_bar, in_bar, _ in places}
    folds = {(o, i): fold_between(out_bpm[o], in_bpm[i]) for o, i in pairs}
    first = pair.in_drops[0].bar if pair.in_drops else None
    for bars, out_bar, in_bar, drop_bar in places:
        fold = folds[out_bar, in_bar]
        lands = in_bar + bars * fold == first
        yield (bars, out_bar, in_bar, bars if lands else drop_bar), fold


def _tempos(grid: Grid, bars: Iterable[int]) -> dict[int, float]:
    """The tempo at each of some bars."""
    return {bar: grid.tempo_at(float(grid.bars_s[bar])) for bar in bars}


def _equal(one: Drop, other: Drop) -> bool:
    return abs(one.level_lu - other.level_lu) <= MOST_APART_LU
