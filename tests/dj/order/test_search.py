"""Exact and heuristic search for the cheapest order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from backend.app.dj.order.move_gains import KINDS, Order, _change, all_changes
from backend.app.dj.order.search import EXACT_UP_TO, cost_of, exact_order, searched_order
from tests.dj.order_sets import ARCS, costs, crate, ordered


@pytest.mark.parametrize("n", [2, 3, 5, 7])
def test_exact_order_is_the_best_permutation(n) -> None:
    for seed, arc in enumerate(ARCS):
        pairs, places = costs(crate(n, seed), arc)
        every = [np.array(order) for order in permutations(range(n))]
        best = min(cost_of(order, pairs, places) for order in every)
        assert cost_of(exact_order(pairs, places), pairs, places) == pytest.approx(best)


def test_exact_order_with_locks_is_the_best_permutation() -> None:
    pairs, places = costs(crate(6, 1), "build", t0=5, t3=0)
    every = (np.array(order) for order in permutations(range(6)) if order[5] == 0 and order[0] == 3)
    best = min(cost_of(order, pairs, places) for order in every)
    assert cost_of(exact_order(pairs, places), pairs, places) == pytest.approx(best)


def test_search_is_within_a_few_percent_of_the_best() -> None:
    ratios = []
    for seed in range(10):
        pairs, places = costs(crate(10, seed), ARCS[seed % len(ARCS)])
        best = cost_of(exact_order(pairs, places), pairs, places)
        ratios.append(cost_of(searched_order(pairs, places), pairs, places) / best)
    # Most sets are solved exactly, as `make bench-order` shows
    assert np.mean(ratios) < 1.01
    assert max(ratios) < 1.10


def test_computed_gain_equals_cost_difference() -> None:
    pairs, places = costs(crate(8, 3), "steady")
    framed, row = np.pad(pairs, (0, 1)), np.array([8, *range(8), 8])
    before = cost_of(np.arange(8), pairs, places)
    tried = 0
    changes = all_changes(framed[np.ix_(row, row)], places)
    for index, a, b in np.argwhere(np.isfinite(changes)):
        order: Order = np.arange(8)
        _change(order, KINDS[index], int(a), int(b))
        gain = cost_of(order, pairs, places) - before
        assert gain == pytest.approx(changes[index, a, b], abs=1e-9)
        tried += 1
    # 28 reversals, 21 swaps, and moves both ways of 28, 21 and 15 runs
    assert tried == 28 + 21 + 2 * (28 + 21 + 15)


def test_sixty_tracks_cost_far_less_than_random_orders() -> None:
    tracks = crate(60, 0)
    ordering = ordered(tracks)
    assert sorted(ordering.order) == list(range(60))
    assert not ordering.exact
    pairs, places = costs(tracks)
    rng = np.random.default_rng(0)
    chance = [cost_of(rng.permutation(60), pairs, places) for _ in range(50)]
    # A random order of two tempos changes between them about 25 times, a good one once.
    assert ordering.cost < 0.4 * np.mean(chance)


def test_order_is_independent_of_input_order() -> None:
    for n in (9, EXACT_UP_TO + 8):
        tracks = crate(n, 4)
        shuffled = [tracks[i] for i in np.random.default_rng(1).permutation(n)]
        one, other, again = ordered(tracks), ordered(shuffled), ordered(tracks)
        assert one == again
        assert [tracks[i] for i in one.order] == [shuffled[i] for i in other.order]
