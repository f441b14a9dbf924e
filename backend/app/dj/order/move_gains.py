"""Improve a running order by local search.

Each round computes the gain of every small change, and makes the best ones. There are three kinds
of change to the places ``a`` to ``b``: reverse them (2-opt), move up to three tracks from one end
to the other (or-opt), and exchange the tracks at both ends. A change affects only the joins from
place ``a - 1`` to place ``b + 1``. So the gains of changes that share no join add up, and all such
changes are made in one round.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from .cost import Costs

Order = npt.NDArray[np.int64]

RUN_LENGTHS = (1, 2, 3)  # longer runs gain almost nothing in practice (Or, 1976)
KINDS = (0, 1, *(kind for length in RUN_LENGTHS for kind in (length + 1, -length)))
"""Kinds of changes: 0 reverses, 1 exchanges; ``length + 1`` moves the first tracks of a run back,
``-length`` its last ones forward."""
MIN_GAIN = 1e-6  # smaller gains are rounding errors
_MAX_ROUNDS = 1000  # a few dozen suffice, unless rounding errors alternate


def descend(order: Order, pairs: Costs, places: Costs, low: int, high: int) -> None:
    """Improve the places ``low`` up to ``high`` of an order, until no change gains.

    ``pairs`` has shape (n + 1, n + 1) and is symmetric; its last index stands before the first
    track and after the last, at cost 0. ``places`` has shape (n, n), track by place.
    """
    ends = len(order)
    for _ in range(_MAX_ROUNDS):
        left = order[low - 1] if low else ends
        right = order[high] if high < len(order) else ends
        inside = order[low:high]
        row = np.concatenate(([left], inside, [right]))
        links, spots = pairs[np.ix_(row, row)], places[inside, low:high]
        if not _make_best(inside, links, spots):
            return


def _make_best(inside: Order, links: Costs, spots: Costs) -> bool:
    """Make the changes of largest gain that do not overlap; False if there are none."""
    n = len(inside)
    kinds, firsts, lasts, changes = _gaining(links, spots)
    if not len(changes):
        return False
    best = np.argsort(changes, kind="stable")[: 4 * n]  # hardly any of the rest would not overlap
    touched = np.zeros(n + 1, bool)
    for index in best:
        kind, a, b = KINDS[kinds[index]], int(firsts[index]), int(lasts[index])
        if touched[a : b + 2].any():
            continue
        touched[a : b + 2] = True
        _change(inside, kind, a, b)
    return True


def _gaining(links: Costs, spots: Costs) -> tuple[Order, Order, Order, Costs]:
    """Place in ``KINDS``, ``a``, ``b`` and cost difference of each change that gains."""
    changes = all_changes(links, spots)
    kinds, a, b = np.nonzero(changes < -MIN_GAIN)
    return kinds, a, b, changes[kinds, a, b]


def all_changes(links: Costs, spots: Costs) -> Costs:
    """Cost difference of every change, by kind, ``a`` and ``b``; infinite if there is none."""
    n = len(spots)
    changes = np.full((len(KINDS), n, n), np.inf)
    for index, matrix in enumerate(_matrices(links, spots)):
        # a kind that needs more places begins at a larger b
        changes[index, : len(matrix), n - len(matrix) :] = matrix
    changes[_impossible(n)] = np.inf
    return changes


@cache
def _impossible(n: int) -> npt.NDArray[np.bool_]:
    """Where ``b`` is too near to ``a``, or before it."""
    distances = np.arange(n)[None, :] - np.arange(n)[:, None]
    least = [_least_distance(kind) for kind in KINDS]
    return np.stack([distances < one for one in least])


def _least_distance(kind: int) -> int:
    """Places from ``a`` to ``b`` that a kind of change needs."""
    if kind < 2:
        return 2 if kind == 1 else max(1, -kind)
    return kind - 1


def _change(inside: Order, kind: int, a: int, b: int) -> None:
    part = inside[a : b + 1].copy()
    if kind == 0:
        inside[a : b + 1] = part[::-1]
    elif kind == 1:
        inside[a], inside[b] = part[-1], part[0]
    else:  # kinds from 2 on move the first tracks back, -1 and below the last ones forward
        inside[a : b + 1] = np.roll(part, -(kind - 1) if kind > 0 else -kind)


def _matrices(links: Costs, spots: Costs) -> Iterator[Costs]:
    """Yield the cost differences of each kind, in the order of ``KINDS``."""
    edges = np.diagonal(links, 1)
    sums = _running(np.diagonal(spots))
    yield _reversed(links, spots, edges, sums)
    yield _swapped(links, spots, edges)
    for length in RUN_LENGTHS:
        if length < len(spots):
            yield _moved_back(links, spots, edges, sums, length)
            yield _moved_forward(links, spots, edges, length)


def _running(values: Costs) -> Costs:
    return np.concatenate(([0.0], np.cumsum(values)))


def _reversed(links: Costs, spots: Costs, edges: Costs, sums: Costs) -> Costs:
    n = len(spots)
    # skewed[k, a + b] is the cost of track k at place a + b - k. With running sums, the cost of a
    # reversed run (a stretch of an antidiagonal) takes two lookups.
    wide = np.zeros((n, 2 * n))
    wide[:, :n] = spots
    skewed = wide.ravel()[: n * (2 * n - 1)].reshape(n, 2 * n - 1)
    running = np.zeros((n + 1, 2 * n - 1))
    np.cumsum(skewed, axis=0, out=running[1:])
    last, first = _antidiagonals(n)
    reversed_run = running.take(last) - running.take(first)
    change = links[:n, 1 : n + 1] + links[1 : n + 1, 2:] - edges[:n, None] - edges[None, 1:]
    return change + reversed_run - (sums[None, 1:] - sums[:n, None])


@cache
def _antidiagonals(n: int) -> tuple[Order, Order]:
    """Where the running sums of each run's antidiagonal end and begin, by ``a`` and ``b``."""
    a, b = np.arange(n)[:, None], np.arange(n)[None, :]
    width = 2 * n - 1
    return (b + 1) * width + a + b, a * width + a + b


def _swapped(links: Costs, spots: Costs, edges: Costs) -> Costs:
    n = len(spots)
    new = (
        links[:n, 1 : n + 1]
        + links[2:, 1 : n + 1]
        + links[1 : n + 1, :n]
        + links[1 : n + 1, 2:]
        + spots
        + spots.T
    )
    old = edges[:-1] + edges[1:] + np.diagonal(spots)
    return new - old[:, None] - old[None, :]


def _moved_back(links: Costs, spots: Costs, edges: Costs, sums: Costs, length: int) -> Costs:
    """Cost difference of moving the first ``length`` tracks of each run to its end."""
    n = len(spots)
    r = n - length
    moved = sum(spots[t : t + r, 1 + t : 1 + t + r] for t in range(length))
    rest = _running(np.diagonal(spots, -length))
    pairs = (
        np.diagonal(links, length + 1)[:r, None]
        + links[1 : r + 1, length + 1 : n + 1]
        + links[length:n, length + 2 :]
        - edges[:r, None]
        - edges[length:n, None]
        - edges[None, length + 1 :]
    )
    stay = sums[None, length + 1 :] - sums[:r, None]
    return pairs + moved + rest[None, 1:] - rest[:r, None] - stay


def _moved_forward(links: Costs, spots: Costs, edges: Costs, length: int) -> Costs:
    """Cost difference of moving the last ``length`` tracks of each run to its beginning.

    Computed as a move back in the reversed order.
    """
    sums = _running(np.diagonal(spots)[::-1])
    back = _moved_back(links[::-1, ::-1], spots[::-1, ::-1], edges[::-1], sums, length)
    return back[::-1, ::-1].T
