"""Find the running order of a set, and explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...contract.dj import EnergyArc
from ..groove import words_for
from ..harmony import Camelot
from ..tempo_stretch import tempo_octave, tempo_step
from .cost import OrderTrack, arc_ranks, artist_of, energy_ranks, matches, pair_costs, place_costs
from .search import EXACT_UP_TO, cost_of, exact_order, searched_order


@dataclass(frozen=True, slots=True)
class Ordering:
    """A running order: indices of the given tracks, in playing order.

    ``cost`` is in flaws that a listener notices (see :mod:`cost`); ``exact`` means that no order is
    cheaper. ``reasons`` holds a sentence for each pair, then one about the arc.
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
    """Find the order of least cost: exactly for few tracks, approximately for many.

    The same tracks give the same order, whatever order they are given in. ``locks`` map a track's
    index to its place, both from 0 (see :func:`locks.resolve_locks`). Raise ``ValueError`` if they
    name an invalid track or place, or a place twice.
    """
    indices = [*locks.keys(), *locks.values()]
    if not set(indices) <= set(range(len(tracks))) or len(set(locks.values())) < len(locks):
        raise ValueError(f"locks {dict(locks)} do not fit {len(tracks)} tracks")
    if not tracks:
        return Ordering((), 0.0, True, ())
    sorted_indices = sorted(
        range(len(tracks)), key=lambda i: (tracks[i].track_id, tracks[i].energy, i)
    )
    ordered = [tracks[index] for index in sorted_indices]
    ordered_locks = {sorted_indices.index(track): place for track, place in locks.items()}
    pairs = pair_costs(ordered, max_stretch_percent=max_stretch_percent)
    places = place_costs(ordered, arc=arc, locks=ordered_locks)
    exact = len(ordered) <= EXACT_UP_TO
    found = (exact_order if exact else searched_order)(pairs, places)
    order = tuple(sorted_indices[index] for index in found)
    played = [tracks[index] for index in order]
    joins = (_join(a, b, max_stretch_percent) for a, b in pairwise(played))
    reasons = (*joins, _about_arc(played, arc, len(locks)))
    return Ordering(order, cost_of(found, pairs, places), exact, reasons)


def _join(outgoing: OrderTrack, incoming: OrderTrack, max_stretch_percent: float) -> str:
    """Describe a join's change of tempo, key, groove and artist in words."""
    parts = [_tempo(outgoing.tempo_bpm, incoming.tempo_bpm, max_stretch_percent)]
    parts.append(_keys(outgoing.key, incoming.key))
    if flaw := _grooves(outgoing, incoming, max_stretch_percent):
        parts.append(flaw)
    if artist_of(outgoing) and artist_of(outgoing) == artist_of(incoming):
        parts.append("the same artist twice in a row")
    return ", ".join(parts)


def _tempo(outgoing: float | None, incoming: float | None, max_stretch_percent: float) -> str:
    if not outgoing or not incoming:
        return "no beat to match"
    step, octave = tempo_step(outgoing, incoming), float(tempo_octave(outgoing, incoming))
    notes = {1.0: ["double time"], -1.0: ["half time"]}.get(octave, [])
    notes.append(f"{100.0 * np.expm1(step):+.1f} %")
    if not matches(step, max_stretch_percent):
        notes.append("too far to beat-match")
    return f"{outgoing:.1f} -> {incoming:.1f} BPM ({', '.join(notes)})"


def _keys(outgoing: Camelot | None, incoming: Camelot | None) -> str:
    if not outgoing or not incoming:
        return "key unknown"
    steps = outgoing.distance(incoming)
    apart = f" ({steps} steps apart)" if steps > 1 else ""
    return f"{outgoing} -> {incoming}{apart}"


def _grooves(outgoing: OrderTrack, incoming: OrderTrack, max_stretch_percent: float) -> str:
    """Say what separates the drums of two tracks whose beats can be matched one to one."""
    out, into = outgoing.groove, incoming.groove
    out_bpm, in_bpm = outgoing.tempo_bpm, incoming.tempo_bpm
    if not out or not into or not out_bpm or not in_bpm or tempo_octave(out_bpm, in_bpm):
        return ""
    if not matches(tempo_step(out_bpm, in_bpm), max_stretch_percent):
        return ""
    if out.beats_per_bar != into.beats_per_bar:
        return f"{into.beats_per_bar} beats per bar on {out.beats_per_bar}"
    return words_for(out.ending, into.opening, 60.0 / out_bpm)


def _about_arc(played: Sequence[OrderTrack], arc: EnergyArc, n_locked: int) -> str:
    name = arc if isinstance(arc, str) else "drawn"
    ranks, targets = energy_ranks(played), arc_ranks(arc, len(played))
    locked = f" {n_locked} of {len(played)} tracks have locked places." if n_locked else ""
    if np.ptp(ranks) == 0.0 or np.ptp(targets) == 0.0:
        return f"The order does not depend on the {name} energy curve.{locked}"
    agreement = float(np.corrcoef(ranks, targets)[0, 1])
    return f"{_how_well(agreement, f'the {name} energy curve')}.{locked}"


def _how_well(agreement: float, curve: str) -> str:
    """Say how well the order follows the curve; ``agreement`` is the correlation."""
    if agreement > 0.9:
        return f"The order follows {curve}"
    if agreement > 0.6:
        return f"The order mostly follows {curve}"
    return f"The order follows {curve} only in part: tempo, key and artists weigh more"
