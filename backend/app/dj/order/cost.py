"""Costs of a running order: of each pair of tracks, and of each track at its place.

A cost of 1 is a flaw that a listener notices: a tempo change of 6 %, three hours on the Camelot
wheel, or a leap of half the set's energy.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...contract.dj import EnergyArc
from ..groove import AVERAGE, Grooves, TrackGroove, compare
from ..harmony import Camelot, distance_shares
from ..tempo_stretch import tempo_octave, tempo_step, within_stretch_limit

Costs = npt.NDArray[np.float64]

NOTICED_TEMPO = math.log(1.06)
"""A tempo change this large costs 1; past 6 % drums smear. The square keeps small changes cheap:
listeners tell 1.5 to 3 % apart at best (Drake & Botte, 1993), and that costs 0.06 to 0.25."""
SAME_TEMPO_PERCENT = 0.1  # tempos this close count as equal: 16 ms apart after 32 beats at 120 BPM
UNMATCHED = 4.0
"""Cost of tempos that cannot be matched, where only an echo, a cut or a fade is left. It exceeds
the worst keys, since a clash of keys ends with the overlap, and a stumbling beat empties the dance
floor."""
NO_BEAT = 1.5
"""Cost of a track without a beat, which can neither match nor stumble. Less than half of UNMATCHED,
so that such a track helps between two tempos that do not match."""
KEY_STEPS = np.array([0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0])
"""Cost by steps on the Camelot wheel. Scales an hour apart share six of seven notes and mix well;
each further hour removes a common note, down to two at five hours, where it gets no worse."""
UNKNOWN_KEY = float(np.dot(KEY_STEPS, distance_shares()))
"""Cost of an unknown key, 1.17: the mean over all pairs of keys."""
GROOVE = 2.0
"""Cost of drums that don't fit at all. Straight against swung notes halve the similarity of two
grooves, which costs 1; kicks on different beats cost about as much."""
SAME_ARTIST = 5.0  # cost of one artist twice in a row: more than a join without matched beats
ENERGY_LEAP = 4.0
"""Factor of the squared leap in energy: half of the set's range costs 1, and many small steps are
cheaper than a large one."""
ARC = 8.0
"""Factor of the squared distance from the energy curve, in rank: half the set too early or late
costs as much as the worst keys, and a tenth of it less than any flaw of a join."""
LOCKED = 1e5
"""Cost of a track off its locked place: more than everything else in a set of 500 (15,000), and
small enough that sums keep six decimal places."""

HAND = 0.05  # smaller differences in a drawn curve come from an unsteady hand
SWELL_TRACKS = 12
"""Tracks of a level set differ in energy: it goes up and down once in about three quarters of an
hour, in steps too small to notice. A few tracks make one flat arch."""
_WAVE = ((0.0, 0.1), (0.3, 0.7), (0.45, 0.45), (0.75, 1.0), (1.0, 0.3))
"""The curve "wave", as (share of the set, energy): a warm-up, a first hill, a rest, a late peak at
three quarters, and an end above the beginning. Only its shape counts."""

_FEATURING = re.compile(r"[\s(\[]+(feat|ft|featuring)\b.*")


@dataclass(frozen=True, slots=True)
class OrderTrack:
    """The properties of a track that decide its place in the set.

    ``tempo_bpm`` is None without a beat to match, ``key`` is None if unknown; ``energy`` runs from
    0 to 1 within the set; ``groove`` is None if unknown.
    """

    track_id: str
    artist: str
    tempo_bpm: float | None
    key: Camelot | None
    energy: float
    groove: TrackGroove | None = None


def pair_costs(tracks: Sequence[OrderTrack], *, max_stretch_percent: float) -> Costs:
    """Cost of each pair of adjacent tracks.

    The result has shape (n, n), is symmetric, and has zeros on its diagonal.
    """
    energies = np.array([track.energy for track in tracks])
    leaps = energies[:, None] - energies[None, :]
    costs = (
        _tempo_costs(tracks, max_stretch_percent)
        + _key_costs(tracks)
        + _groove_costs(tracks, max_stretch_percent)
        + _artist_costs(tracks)
        + ENERGY_LEAP * leaps**2
    )
    np.fill_diagonal(costs, 0.0)
    return np.asarray(costs, np.float64)


def matches(step: Costs | float, max_stretch_percent: float) -> npt.NDArray[np.bool_]:
    """Whether a tempo step (see :func:`tempo_step`) is within the stretch limit."""
    change_percent = 100.0 * np.expm1(np.abs(step))
    return within_stretch_limit(change_percent, max(max_stretch_percent, SAME_TEMPO_PERCENT))


def _tempo_costs(tracks: Sequence[OrderTrack], max_stretch_percent: float) -> Costs:
    bpm = np.array([track.tempo_bpm or np.nan for track in tracks])
    steps = np.abs(tempo_step(bpm[:, None], bpm[None, :]))
    noticed = steps / NOTICED_TEMPO
    costs = np.where(matches(steps, max_stretch_percent), noticed**2, UNMATCHED + noticed)
    return np.where(np.isnan(steps), NO_BEAT, costs)


def _key_costs(tracks: Sequence[OrderTrack]) -> Costs:
    def between(one: Camelot | None, other: Camelot | None) -> float:
        return float(KEY_STEPS[one.distance(other)]) if one and other else UNKNOWN_KEY

    keys = sorted({track.key for track in tracks}, key=str)
    table = np.array([[between(one, other) for other in keys] for one in keys])
    index = np.array([keys.index(track.key) for track in tracks])
    return np.asarray(table[np.ix_(index, index)], np.float64)


def _groove_costs(tracks: Sequence[OrderTrack], max_stretch_percent: float) -> Costs:
    """Cost of drums that don't interlock, as the mean of both playing orders.

    An unknown groove, or one in half or double time, costs as much as an average pair. Without a
    common beat no drums interlock, which ``NO_BEAT`` and ``UNMATCHED`` include.
    """
    grooves = [track.groove for track in tracks]
    endings = Grooves.of([one.ending if one else None for one in grooves])
    openings = Grooves.of([one.opening if one else None for one in grooves])
    bpm = np.array([track.tempo_bpm or np.nan for track in tracks])
    one, other = bpm[:, None], bpm[None, :]
    alike = compare(endings, openings, 120.0 / (one + other)).similarity
    alike = (alike + alike.T) / 2.0
    metres = np.array([groove.beats_per_bar if groove else 0 for groove in grooves])
    alike[metres[:, None] != metres] *= 0.0  # what is unknown stays so
    known = (tempo_octave(one, other) == 0.0) & ~np.isnan(alike)
    costs = GROOVE * (1.0 - np.where(known, alike, AVERAGE))
    return np.where(matches(tempo_step(one, other), max_stretch_percent), costs, 0.0)


def artist_of(track: OrderTrack) -> str:
    """Leading artist in a normalised spelling; empty if there is none."""
    plain = " ".join(unicodedata.normalize("NFKC", track.artist).casefold().split())
    return _FEATURING.sub("", plain)


def _artist_costs(tracks: Sequence[OrderTrack]) -> Costs:
    names = np.array([artist_of(track) for track in tracks])
    same = (names[:, None] == names[None, :]) & (names != "")[:, None]
    return np.where(same, SAME_ARTIST, 0.0)


def place_costs(tracks: Sequence[OrderTrack], *, arc: EnergyArc, locks: Mapping[int, int]) -> Costs:
    """Cost of each track at each place: how far its energy is from the curve there.

    Ranks are compared, since a set plays all of its tracks: the third most energetic track belongs
    where the curve has its third highest value. ``locks`` map a track's index to its place, both
    from 0. The result has shape (n tracks, n places).
    """
    ranks, targets = energy_ranks(tracks), arc_ranks(arc, len(tracks))
    costs = ARC * (ranks[:, None] - targets[None, :]) ** 2
    for track, place in locks.items():
        free = costs[track, place]
        costs[track, :] += LOCKED
        costs[:, place] += LOCKED
        costs[track, place] = free
    return np.asarray(costs, np.float64)


def energy_ranks(tracks: Sequence[OrderTrack]) -> Costs:
    """Rank of each track by energy, 0 to 1.

    Energies that round to the same hundredth share a rank.
    """
    return _ranks(np.round([track.energy for track in tracks], 2))


def arc_ranks(arc: EnergyArc, n: int) -> Costs:
    """Rank of each place by the curve's energy, 0 to 1; level stretches share a rank."""
    return _ranks(np.round(_curve(arc, np.linspace(0.0, 1.0, n)) / HAND))


def _ranks(values: Costs) -> Costs:
    """Rank of each value from 0 to 1; equal values share their mean rank."""
    # Equal to scipy.stats.rankdata, which takes a second of processor time to import.
    ordered = np.sort(values)
    first, past = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray((first + past - 1) / 2 / max(1, len(values) - 1), np.float64)


def _curve(arc: EnergyArc, at: Costs) -> Costs:
    """Energy of the curve at shares of the set."""
    if arc == "steady":
        # An odd number makes the swell symmetric, so that it has no trend.
        half_swells = 2 * (len(at) // SWELL_TRACKS) + 1
        return np.asarray(0.5 + 0.5 * np.sin(np.pi * half_swells * at), np.float64)
    if arc == "build":
        return at
    if arc == "cool-down":
        return 1.0 - at
    if arc == "wave":
        shares, energies = zip(*_WAVE, strict=True)
        return np.asarray(np.interp(at, shares, energies), np.float64)
    return np.asarray(np.interp(at, np.linspace(0.0, 1.0, len(arc)), arc), np.float64)
