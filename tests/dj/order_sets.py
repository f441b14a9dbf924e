"""Sets of tracks to be put in order, and their costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.app.contract.dj import EnergyArc
from backend.app.dj.groove import TrackGroove
from backend.app.dj.harmony import Camelot
from backend.app.dj.order.cost import (
    OrderTrack,
    pair_costs,
    place_costs,
)
from backend.app.dj.order.find_order import Ordering, order_set
from tests.dj.grooves import groove

ARCS: tuple[EnergyArc, ...] = ("steady", "build", "wave", "cool-down", [0.9, 0.1, 0.5])


KEY = Camelot(8, True)
STRAIGHT = TrackGroove(groove(eighths=0.5), groove(eighths=0.5), 4)


def track(
    name: str,
    *,
    bpm: float | None = 124.0,
    key: Camelot | None = KEY,
    energy: float = 0.5,
    artist: str = "",
    groove: TrackGroove | None = STRAIGHT,
) -> OrderTrack:
    return OrderTrack(name, artist, bpm, key, energy, groove)


def crate(n: int, seed: int) -> list[OrderTrack]:
    """Two genres, all keys, few artists; some tracks without beat or key."""
    rng = np.random.default_rng([n, seed])
    return [
        track(
            f"{index:03d}",
            bpm=None if rng.random() < 0.1 else rng.choice([124.0, 172.0]) + rng.normal(0.0, 3.0),
            key=None if rng.random() < 0.1 else Camelot(int(rng.integers(1, 13)), index % 2 == 0),
            energy=float(rng.random()),
            artist=f"artist {rng.integers(2 + n // 2)}",
        )
        for index in range(n)
    ]


def costs(tracks: Sequence[OrderTrack], arc: EnergyArc = "wave", **locks: int):
    places = place_costs(tracks, arc=arc, locks={int(k[1:]): v for k, v in locks.items()})
    return pair_costs(tracks, max_stretch_percent=6.0), places


def ordered(
    tracks: Sequence[OrderTrack], arc: EnergyArc = "wave", locks: dict[int, int] | None = None
) -> Ordering:
    return order_set(tracks, arc=arc, locks=locks or {})
