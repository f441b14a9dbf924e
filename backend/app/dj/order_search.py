"""The cheapest order there is, or, for many tracks, one that is hard to beat."""

from __future__ import annotations

import numpy as np

from .order_cost import LOCKED, Costs
from .order_moves import Order, descend

EXACT_UP_TO = 16
"""Twice the work for each track more: 16 take about a tenth of a second and 8 MB."""
_OPENINGS = 3  # one may be a dead end: its orders come out 1 % dearer
_KICKED = 40
"""Places that are searched anew after a kick: wide enough to mend what the kick broke, and no
slower in a long set than in a short one."""
_SEED = 1  # any will do: the same set must always come out the same


def cost_of(order: Order, pairs: Costs, places: Costs) -> float:
    """What an order costs: its neighbours, and each track at its place."""
    there = places[order, np.arange(len(order))].sum()
    return float(pairs[order[:-1], order[1:]].sum() + there)


def exact_order(pairs: Costs, places: Costs) -> Order:
    """The cheapest order of all (Held & Karp, 1962), by dynamic programming over sets of tracks.

    ``best[set, last]`` is the cheapest way to play a set of tracks first and end with ``last``;
    how many are in the set is the place of the last one, so the arc costs nothing extra.
    Memory and time grow with ``2**n * n`` and ``2**n * n**2``.

    Parameters
    ----------
    pairs, places : shape (n, n); tracks by tracks, and tracks by places
    """
    n = len(places)
    best = np.full((1 << n, n), np.inf)
    came_from = np.zeros((1 << n, n), np.int8)
    best[1 << np.arange(n), np.arange(n)] = places[:, 0]
    sets = np.arange(1 << n)
    sizes = sum((sets >> track) & 1 for track in range(n))
    for place in range(1, n):
        played = sets[sizes == place]
        for track in range(n):
            without = played[(played >> track) & 1 == 0]
            ways = best[without] + pairs[:, track]
            last = ways.argmin(axis=1)
            grown = without | (1 << track)
            best[grown, track] = ways[np.arange(len(without)), last] + places[track, place]
            came_from[grown, track] = last
    return _walked_back(best, came_from)


def _walked_back(best: Costs, came_from: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> Order:
    n = best.shape[1]
    played, track = (1 << n) - 1, int(best[-1].argmin())
    order = np.empty(n, np.int64)
    for place in reversed(range(n)):
        order[place] = track
        played, track = played ^ (1 << track), int(came_from[played, track])
    return order


def searched_order(pairs: Costs, places: Costs) -> Order:
    """A cheap order: descents from several starts, then kicks to the best and descents nearby.

    The same costs give the same order. A place that costs ``LOCKED`` is never taken.

    Parameters
    ----------
    pairs, places : shape (n, n); tracks by tracks (symmetric), and tracks by places
    """
    n = len(places)
    framed = np.pad(pairs, (0, 1))
    starts = _starts(pairs, places)
    for order in starts:
        descend(order, framed, places, 0, n)
    order = min(starts, key=lambda found: cost_of(found, pairs, places))
    # In a locked place's column all tracks but one are LOCKED
    free = np.flatnonzero((places < LOCKED).sum(axis=0) > 1)
    rng = np.random.default_rng(_SEED)
    for _ in range(_kicks_for(len(free))):
        order = _kicked(order, framed, places, free, rng)
    return order


def _kicks_for(n_free: int) -> int:
    """How many kicks pay: twice as many find half a percent at most in sets of 60."""
    return 150 + 3 * n_free if n_free > 1 else 0


def _starts(pairs: Costs, places: Costs) -> list[Order]:
    """From each of the tracks that open best by the arc, always the cheapest track next."""
    openings = np.argsort(places[:, 0], kind="stable")[:_OPENINGS]
    return [_nearest_neighbours(int(first), pairs, places) for first in openings]


def _nearest_neighbours(first: int, pairs: Costs, places: Costs) -> Order:
    n = len(places)
    order = np.empty(n, np.int64)
    # A lock makes its place's own track cheapest, there and nowhere else
    order[0] = first
    free = np.ones(n, bool)
    free[first] = False
    for place in range(1, n):
        ways = np.where(free, pairs[order[place - 1]] + places[:, place], np.inf)
        order[place] = ways.argmin()
        free[order[place]] = False
    return order


def _kicked(
    order: Order, framed: Costs, places: Costs, free: Order, rng: np.random.Generator
) -> Order:
    """The order after a kick and a descent round it, or as it was where that is no better."""
    low = int(rng.integers(0, max(1, len(free) - _KICKED + 1)))
    high = min(len(free), low + _KICKED)
    a, b, c, d = np.sort(rng.integers(low, high + 1, 4))
    tried = order.copy()
    # Two runs change places (the double bridge): no single change of the descent undoes it
    tried[free[a:d]] = order[np.concatenate((free[c:d], free[b:c], free[a:b]))]
    descend(tried, framed, places, int(free[low]), int(free[high - 1]) + 1)
    better = cost_of(tried, framed, places) <= cost_of(order, framed, places)
    return tried if better else order
