"""What every small change of an order would gain, all of them at once.

Three kinds of change to the places ``a`` to ``b``: turn them round (2-opt), carry up to three
tracks from one end to the other (or-opt), and exchange the two tracks at the ends. Each touches no
edge outside of ``a - 1`` to ``b + 1``, so changes that are apart add up and are made together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .order_cost import Costs

Order = npt.NDArray[np.int64]

CARRIED = (1, 2, 3)
"""Longer runs gain next to nothing in travelling-salesman practice (Or, 1976)."""
GAIN = 1e-6
"""Less is rounding."""
_MAX_ROUNDS = 1000
"""A descent takes a few dozen rounds; no rounding, however unlucky, keeps it going for ever."""


def descend(order: Order, pairs: Costs, places: Costs, low: int, high: int) -> None:
    """Improve the places ``low`` up to ``high`` in the order until no change gains anything.

    Parameters
    ----------
    order : shape (n,), changed in place
    pairs : shape (n + 1, n + 1), symmetric; the last is what comes before the first track and
        after the last, and costs nothing
    places : shape (n, n), track by place
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
    """Make the changes that gain most and do not touch each other; False where none gains."""
    n = len(inside)
    found = [_gaining(kind, matrix, n) for kind, matrix in _all_changes(links, spots)]
    kinds, firsts, lasts, changes = (np.concatenate(column) for column in zip(*found, strict=True))
    if not len(changes):
        return False
    best = np.argsort(changes, kind="stable")[: 4 * n]  # few of the rest would find room
    touched = np.zeros(n + 1, bool)
    for index in best:
        kind, a, b = int(kinds[index]), int(firsts[index]), int(lasts[index])
        if touched[a : b + 2].any():
            continue
        touched[a : b + 2] = True
        _change(inside, kind, a, b)
    return True


def _gaining(
    kind: int, matrix: Costs, n: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], Costs]:
    """Kind, ``a``, ``b`` and change of cost of what gains."""
    offset = n - len(matrix)  # the matrix of a kind that needs more places begins at a later b
    a, b = np.nonzero(matrix < -GAIN)
    return np.full(len(a), kind), a, b + offset, matrix[a, b]


def _change(inside: Order, kind: int, a: int, b: int) -> None:
    part = inside[a : b + 1].copy()
    if kind == 0:
        inside[a : b + 1] = part[::-1]
    elif kind == 1:
        inside[a], inside[b] = part[-1], part[0]
    else:  # 2 and up carry the first tracks back, -1 and down the last ones forward
        inside[a : b + 1] = np.roll(part, -(kind - 1) if kind > 0 else -kind)


def _all_changes(links: Costs, spots: Costs) -> Iterator[tuple[int, Costs]]:
    edges = np.diagonal(links, 1)
    sums = _running(np.diagonal(spots))
    yield 0, _turned(links, spots, edges, sums)
    yield 1, _exchanged(links, spots, edges)
    for length in CARRIED:
        if length < len(spots):
            yield length + 1, _carried_back(links, spots, edges, sums, length)
            yield -length, _carried_forward(links, spots, edges, sums, length)


def _running(values: Costs) -> Costs:
    return np.concatenate(([0.0], np.cumsum(values)))


def _only_forward(matrix: Costs, from_diagonal: int) -> Costs:
    """Entries with ``b`` at least so far after ``a``; the others can never gain."""
    matrix[np.tri(len(matrix), k=from_diagonal - 1, dtype=bool)] = np.inf
    return matrix


def _turned(links: Costs, spots: Costs, edges: Costs, sums: Costs) -> Costs:
    n = len(spots)
    # skewed[k, a + b]: the cost of track k at place a + b - k; running sums turn a stretch of the
    # antidiagonal, which is where a turned run comes to lie, into two lookups
    wide = np.zeros((n, 2 * n))
    wide[:, :n] = spots
    skewed = wide.ravel()[: n * (2 * n - 1)].reshape(n, 2 * n - 1)
    running = np.zeros((n + 1, 2 * n - 1))
    np.cumsum(skewed, axis=0, out=running[1:])
    a, b = np.arange(n)[:, None], np.arange(n)[None, :]
    turned = running[b + 1, a + b] - running[a, a + b]
    change = links[:n, 1 : n + 1] + links[1 : n + 1, 2:] - edges[:n, None] - edges[None, 1:]
    return _only_forward(change + turned - (sums[None, 1:] - sums[:n, None]), 1)


def _exchanged(links: Costs, spots: Costs, edges: Costs) -> Costs:
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
    return _only_forward(new - old[:, None] - old[None, :], 2)


def _carried_back(links: Costs, spots: Costs, edges: Costs, sums: Costs, length: int) -> Costs:
    """The first ``length`` tracks of the run go to its end; the rest moves forward."""
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
    return _only_forward(pairs + moved + rest[None, 1:] - rest[:r, None] - stay, 0)


def _carried_forward(links: Costs, spots: Costs, edges: Costs, sums: Costs, length: int) -> Costs:
    """The last ``length`` tracks of the run go to its beginning; the rest moves back."""
    n = len(spots)
    r = n - length
    moved = sum(spots[1 + t : 1 + t + r, t : t + r].T for t in range(length))
    rest = _running(np.diagonal(spots, length))
    pairs = (
        links[:r, 2 : r + 2]
        + links[1 : r + 1, length + 1 : n + 1]
        + np.diagonal(links, length + 1)[None, 1:]
        - edges[:r, None]
        - edges[None, 1 : r + 1]
        - edges[None, length + 1 :]
    )
    stay = sums[None, length + 1 :] - sums[:r, None]
    return _only_forward(pairs + moved + rest[None, 1:] - rest[:r, None] - stay, 0)
