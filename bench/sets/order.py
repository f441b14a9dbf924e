"""``python -m bench.sets.order``: measure quality and speed of set ordering."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from backend.app.contract.dj import EnergyArc
from backend.app.dj.harmony import Camelot
from backend.app.dj.order.cost import Costs, OrderTrack, pair_costs, place_costs
from backend.app.dj.order.find_order import order_set
from backend.app.dj.order.search import cost_of, exact_order, searched_order

ARCS: tuple[EnergyArc, ...] = ("steady", "build", "wave", "cool-down", [0.2, 0.9, 0.4, 1.0])
# Mean tempo in BPM, its standard deviation, mean energy: hip-hop, pop, house, techno, dubstep, drum
# and bass.
GENRES = ((92, 5, 0.3), (108, 7, 0.5), (124, 2, 0.55), (132, 3, 0.7), (140, 1, 0.7), (174, 2, 0.8))
SMALL, PER_SIZE = range(6, 11), 60
LARGE = (60, 200, 500)
LIMIT_PERCENT = 6.0


def crate(n: int, seed: int) -> list[OrderTrack]:
    """Draw a realistic set: one to three genres, most artists with one or two tracks."""
    rng = np.random.default_rng([n, seed])
    genres = rng.choice(len(GENRES), size=int(rng.integers(1, 4)), replace=False)
    return [_track(index, rng, genres, n) for index in range(n)]


def _track(index: int, rng: np.random.Generator, genres: Sequence[int], n: int) -> OrderTrack:
    mean_bpm, spread_bpm, energy = GENRES[rng.choice(genres)]
    has_beat, has_key = rng.random(2) > 0.04  # a few tracks are speech or drones, or drums only
    # most dance music is in minor
    key = Camelot(int(rng.integers(1, 13)), bool(rng.random() < 0.6))
    return OrderTrack(
        track_id=f"{index:03d}",
        artist=f"artist {rng.integers(max(2, round(0.7 * n)))}",
        tempo_bpm=float(rng.normal(mean_bpm, spread_bpm)) if has_beat else None,
        key=key if has_key else None,
        energy=float(np.clip(rng.normal(energy, 0.2), 0.0, 1.0)),
    )


def costs_of(tracks: Sequence[OrderTrack], arc: EnergyArc) -> tuple[Costs, Costs]:
    """Return the costs of pairs and of positions."""
    pairs = pair_costs(tracks, max_stretch_percent=LIMIT_PERCENT)
    return pairs, place_costs(tracks, arc=arc, locks={})


def random_cost(pairs: Costs, places: Costs, *, draws: int = 200) -> float:
    """Return the mean cost of random orders."""
    rng = np.random.default_rng(0)
    return float(
        np.mean([cost_of(rng.permutation(len(pairs)), pairs, places) for _ in range(draws)])
    )


def run_small() -> None:
    """Compare the search with the optimum for small sets."""
    print(f"search over optimum, {PER_SIZE} sets a size, all arcs in turn")
    print("tracks   mean    worst  optimum found  random/optimum   s search    s exact")
    for n in SMALL:
        rows = np.array([_against_optimum(n, seed) for seed in range(PER_SIZE)])
        ratio, chance, searching, exact = rows.T
        print(
            f"{n:6}{ratio.mean():8.4f}{ratio.max():8.4f}{np.mean(ratio < 1 + 1e-9):13.0%}"
            f"{chance.mean():14.2f}{searching.mean():15.4f}{exact.mean():11.4f}"
        )


def _against_optimum(n: int, seed: int) -> tuple[float, float, float, float]:
    pairs, places = costs_of(crate(n, seed), ARCS[seed % len(ARCS)])
    began = time.process_time()
    found = cost_of(searched_order(pairs, places), pairs, places)
    searched = time.process_time()
    optimum = cost_of(exact_order(pairs, places), pairs, places)
    done = time.process_time()
    chance = random_cost(pairs, places) / optimum
    return found / optimum, chance, searched - began, done - searched


def run_large() -> None:
    """Compare the search with random orders for large sets; print its seconds."""
    print("\nas order_set gives it: cost, mean cost of 200 random orders, ratio, CPU seconds")
    for n in LARGE:
        for seed, arc in enumerate(ARCS[: 5 if n <= 60 else 2]):
            tracks = crate(n, seed)
            began = time.process_time()
            cost = order_set(tracks, arc=arc, locks={}).cost
            seconds = time.process_time() - began
            chance = random_cost(*costs_of(tracks, arc))
            name = arc if isinstance(arc, str) else "drawn"
            print(f"{n:4} {name:10}{cost:8.1f}{chance:9.1f}{cost / chance:8.3f}{seconds:8.2f}")


if __name__ == "__main__":
    run_small()
    run_large()
