"""In which order a set of tracks is played, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..contract.dj import EnergyArc, PlaceLock
from ..errors import InvalidRequest
from .harmony import Camelot
from .order_cost import (
    OrderTrack,
    arc_ranks,
    artist_of,
    energy_ranks,
    matches,
    pair_costs,
    place_costs,
    tempo_step,
)
from .order_energy import order_tracks_of
from .order_search import EXACT_UP_TO, cost_of, exact_order, searched_order

__all__ = ["OrderTrack", "Ordering", "locks_of", "order_set", "order_tracks_of"]

_ARC_IN_WORDS = {
    "steady": "stay level",
    "build": "build",
    "wave": "rise and fall",
    "cool-down": "cool down",
}


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order: indices of the tracks as they were given, from the first to be heard.

    ``cost`` is its cost in flaws a listener notices (see ``order_cost``); ``exact`` tells that
    there is no cheaper one. ``reasons`` holds a sentence for each pair of neighbours, then one
    about the arc.
    """

    order: tuple[int, ...]
    cost: float
    exact: bool
    reasons: tuple[str, ...]


def order_set(
    tracks: Sequence[OrderTrack],
    *,
    arc: EnergyArc,
    locks: Mapping[int, int],
    max_stretch_percent: float = 6.0,
) -> Ordering:
    """Find the order that costs least, for few tracks the best there is.

    The same tracks give the same order, however they come in.

    Parameters
    ----------
    locks : index of a track to its place, both from 0; see :func:`locks_of`

    Raises
    ------
    ValueError
        If a lock names no track or no place, or two name the same place.
    """
    _expect_places(locks, len(tracks))
    if not tracks:
        return Ordering((), 0.0, True, ())
    sorted_in = sorted(range(len(tracks)), key=lambda i: (tracks[i].track_id, tracks[i].energy, i))
    ours = [tracks[index] for index in sorted_in]
    our_locks = {sorted_in.index(track): place for track, place in locks.items()}
    pairs = pair_costs(ours, max_stretch_percent=max_stretch_percent)
    places = place_costs(ours, arc=arc, locks=our_locks)
    exact = len(ours) <= EXACT_UP_TO
    found = (exact_order if exact else searched_order)(pairs, places)
    order = tuple(sorted_in[index] for index in found)
    played = [tracks[index] for index in order]
    joins = (_join(a, b, max_stretch_percent) for a, b in pairwise(played))
    reasons = (*joins, _about_arc(played, arc, len(locks)))
    return Ordering(order, cost_of(found, pairs, places), exact, reasons)


def _expect_places(locks: Mapping[int, int], n: int) -> None:
    indices = [*locks.keys(), *locks.values()]
    if any(not 0 <= index < n for index in indices) or len(set(locks.values())) < len(locks):
        raise ValueError(f"locks {dict(locks)} do not fit {n} tracks")


def locks_of(locks: Sequence[PlaceLock], track_ids: Sequence[str]) -> dict[int, int]:
    """Where locked tracks are to be: index of the track to index of the place, both from 0.

    Raises
    ------
    InvalidRequest
        If a lock names a track or a place that the set does not have, one track has two places,
        or two tracks have the same.
    """
    places: dict[int, int] = {}
    for lock in locks:
        if lock.track_id not in track_ids:
            raise InvalidRequest(
                f"Track {lock.track_id} has a locked place, but is not in the set.",
                hint="Add the track to the set, or take its lock away.",
            )
        index, place = list(track_ids).index(lock.track_id), _place_of(lock, len(track_ids))
        if places.get(index, place) != place:
            raise InvalidRequest(
                f"Track {lock.track_id} is locked to two places, {places[index] + 1} and "
                f"{place + 1}.",
                hint="Keep one of them.",
            )
        places[index] = place
    _expect_one_each(places, track_ids)
    return places


def _place_of(lock: PlaceLock, n: int) -> int:
    if lock.place == 0 or abs(lock.place) > n:
        raise InvalidRequest(
            f"Track {lock.track_id} is locked to place {lock.place}, which the set does not have.",
            hint=f"Places run from 1 to {n}, or from -1 (the last) back to -{n}.",
        )
    return lock.place - 1 if lock.place > 0 else n + lock.place


def _expect_one_each(places: Mapping[int, int], track_ids: Sequence[str]) -> None:
    there: dict[int, int] = {}
    for track, place in places.items():
        if place in there:
            raise InvalidRequest(
                f"Tracks {track_ids[there[place]]} and {track_ids[track]} are both locked to "
                f"place {place + 1}.",
                hint="Give one of them another place; -1 counts from the end.",
            )
        there[place] = track


def _join(outgoing: OrderTrack, incoming: OrderTrack, max_stretch_percent: float) -> str:
    """What the join has to deal with, in a sentence."""
    parts = [_tempo(outgoing.tempo_bpm, incoming.tempo_bpm, max_stretch_percent)]
    parts.append(_keys(outgoing.key, incoming.key))
    if artist_of(outgoing) and artist_of(outgoing) == artist_of(incoming):
        parts.append("the same artist twice running")
    return ", ".join(parts)


def _tempo(outgoing: float | None, incoming: float | None, max_stretch_percent: float) -> str:
    if not outgoing or not incoming:
        return "no beat to match"
    step, octave = tempo_step(outgoing, incoming)
    notes = {1: ["counted double"], -1: ["counted half"]}.get(octave, [])
    notes.append(f"{100.0 * np.expm1(step):+.1f} %")
    if not matches(step, max_stretch_percent):
        notes.append("too far to match the beats")
    return f"{outgoing:.1f} -> {incoming:.1f} BPM ({', '.join(notes)})"


def _keys(outgoing: Camelot | None, incoming: Camelot | None) -> str:
    if not outgoing or not incoming:
        return "key unknown"
    steps = outgoing.distance(incoming)
    apart = f" ({steps} steps apart)" if steps > 1 else ""
    return f"{outgoing} -> {incoming}{apart}"


def _about_arc(played: Sequence[OrderTrack], arc: EnergyArc, n_locked: int) -> str:
    asked = _ARC_IN_WORDS[arc] if isinstance(arc, str) else "follow the drawn curve"
    ranks, targets = energy_ranks(played), arc_ranks(arc, len(played))
    locked = f" {n_locked} of {len(played)} tracks have locked places." if n_locked else ""
    if np.ptp(ranks) == 0.0 or np.ptp(targets) == 0.0:
        return f"The energy is to {asked}: there is nothing to arrange." + locked
    agreement = float(np.corrcoef(ranks, targets)[0, 1])
    return f"The energy is to {asked}, and {_how_well(agreement)}.{locked}"


def _how_well(agreement: float) -> str:
    """How the energies as they play agree with the arc; ``agreement`` is their correlation."""
    if agreement > 0.9:
        return "does"
    if agreement > 0.6:
        return "mostly does"
    return "does so only in part: tempo, key and artists weigh more"
