"""Search the cheapest running order: exactly for few tracks, by heuristics for many."""

from __future__ import annotations

import numpy as np

from .cost import LOCKED, Costs
from .move_gains import Order, descend

EXACT_UP_TO = 16  # each further track doubles the work: 16 take about a tenth of a second and 8 MB
_OPENINGS = 3  # starts of the search; with only one, orders cost up to 1 % more
_KICKED = 40
"""Number of places that are searched again after a kick: enough to repair the kick, and independent
of the set's length."""
_SEED = 1  # fixed, so that the same set always gives the same order


def cost_of(order: Order, pairs: Costs, places: Costs) -> float:
    """Cost of an order: of its pairs, and of each track at its place."""
    there = places[order, np.arange(len(order))].sum()
    return float(pairs[order[:-1], order[1:]].sum() + there)


def exact_order(pairs: Costs, places: Costs) -> Order:
    """Find the cheapest order (Held & Karp, 1962), by dynamic programming over track sets.

    ``best[set, last]`` is the lowest cost of playing a set of tracks first and ending with
    ``last``; the set's size is the place of the last one, so the arc needs no extra state.
    Memory and time grow with ``2**n * n`` and ``2**n * n**2``. ``pairs`` is tracks by tracks,
    ``places`` tracks by places, both of shape (n, n).
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
    """Search a cheap order: descents from several starts, then kicks to the best one.

    A kick is a random change, followed by a local descent. The same costs give the same order. A
    place that costs ``LOCKED`` is never used. ``pairs`` and ``places`` are as in
    :func:`exact_order`; ``pairs`` is symmetric.
    """
    n = len(places)
    framed = np.pad(pairs, (0, 1))
    # Begin with the tracks that suit the beginning of the energy curve best.
    openings = np.argsort(places[:, 0], kind="stable")[:_OPENINGS]
    starts = [_nearest_neighbours(int(first), pairs, places) for first in openings]
    for order in starts:
        descend(order, framed, places, 0, n)
    order = min(starts, key=lambda found: cost_of(found, pairs, places))
    # A locked place costs LOCKED for all tracks but one.
    free = np.flatnonzero((places < LOCKED).sum(axis=0) > 1)
    rng = np.random.default_rng(_SEED)
    if len(free) > 1:
        for _ in range(150 + 3 * len(free)):  # twice as many kicks gain at most 0.5 % in sets of 60
            order = _kicked(order, framed, places, free, rng)
    return order


def _nearest_neighbours(first: int, pairs: Costs, places: Costs) -> Order:
    """Build a greedy order: each track is followed by the cheapest of the rest."""
    n = len(places)
    order = np.empty(n, np.int64)
    # A lock makes its track the cheapest at its place and nowhere else.
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
    """Return the order after a kick and a local descent, or the old one if that is cheaper."""
    low = int(rng.integers(0, max(1, len(free) - _KICKED + 1)))
    high = min(len(free), low + _KICKED)
    a, b, c, d = np.sort(rng.integers(low, high + 1, 4))
    tried = order.copy()
    # A kick exchanges two runs (double bridge), which no single change of the descent can undo.
    tried[free[a:d]] = order[np.concatenate((free[c:d], free[b:c], free[a:b]))]
    descend(tried, framed, places, int(free[low]), int(free[high - 1]) + 1)
    better = cost_of(tried, framed, places) <= cost_of(order, framed, places)
    return tried if better else order
