"""What an order of tracks costs: each pair of neighbours, and each track at its place.

The unit is a flaw that a listener notices: 1 is a tempo bent by 6 %, three hours on the Camelot
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
from scipy.stats import rankdata

from ..contract.dj import EnergyArc
from .harmony import Camelot

Costs = npt.NDArray[np.float64]

NOTICED_TEMPO = math.log(1.06)
"""A tempo bent this far costs 1; past 6 % drums smear. The square keeps small changes cheap:
listeners tell 1.5 to 3 % apart at best (Drake & Botte, 1993), and that costs 0.06 to 0.25."""
SAME_TEMPO = math.log(1.001)
"""Closer than this, two tempi are one: 0.1 % moves a beat by 16 ms in 32 beats at 120 BPM."""
UNMATCHED = 4.0
"""Two beats that cannot be matched: only an echo, a cut or a fade is left. More than the worst
keys, as a clash of keys passes with the overlap, and a stumbling beat empties the floor."""
NO_BEAT = 1.5
"""A track without a beat: nothing to match, and nothing that could stumble either. Less than
half of UNMATCHED, so that such a track is welcome between two tempi that do not meet."""
KEY_STEPS = np.array([0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0])
"""By steps on the wheel. Scales an hour apart share six of seven notes and mix as one; each hour
more parts another note, down to two in common at five hours, where it gets no worse."""
UNKNOWN_KEY = 0.5
"""A key that could not be told neither draws nor repels: what a neighbour in a good order costs."""
SAME_ARTIST = 5.0
"""About a join without matched beats: one would rather change the tempo than hear the same artist
twice running."""
ENERGY_LEAP = 4.0
"""Times the square of the leap: half of the set's range costs 1, and many small steps are cheaper
than a large one."""
ARC = 8.0
"""Times the square of the distance in rank: half the set too early or late costs as much as the
worst keys, a tenth of it nothing that is worth a join."""
LOCKED = 1e5
"""A track off its locked place: more than all else in a set of 500 adds up to (15,000), and small
enough that sums of it leave six digits after the point."""

HAND = 0.05
"""Differences in a drawn curve below this are a hand that is not quite steady."""
SWELL_TRACKS = 12
"""A level set still breathes, as its tracks differ: up and down once in about three quarters of an
hour, in steps too small to notice. Few tracks make one flat arch."""
_WAVE = ((0.0, 0.1), (0.3, 0.7), (0.45, 0.45), (0.75, 1.0), (1.0, 0.3))
"""(share of the set, energy): a warm-up, a first hill, a breath, the peak late enough to be waited
for, at three quarters, and a landing that stays over the beginning. Only its shape counts."""

_FEATURING = re.compile(r"[\s(\[]+(feat|ft|featuring)\b.*")


@dataclass(frozen=True, slots=True)
class OrderTrack:
    """What matters of a track for its place in the set.

    ``tempo_bpm`` is None where there is no beat to match, ``key`` where none could be told;
    ``energy`` runs from 0 to 1 within the set.
    """

    track_id: str
    artist: str
    tempo_bpm: float | None
    key: Camelot | None
    energy: float


def pair_costs(tracks: Sequence[OrderTrack], *, max_stretch_percent: float) -> Costs:
    """What it costs to hear two tracks one after the other.

    Returns
    -------
    float64, shape (n, n), symmetric, zero on the diagonal
    """
    energies = np.array([track.energy for track in tracks])
    leaps = energies[:, None] - energies[None, :]
    costs = (
        _tempo_costs(tracks, max_stretch_percent)
        + _key_costs(tracks)
        + _artist_costs(tracks)
        + ENERGY_LEAP * leaps**2
    )
    np.fill_diagonal(costs, 0.0)
    return np.asarray(costs, np.float64)


def tempo_step(outgoing_bpm: float, incoming_bpm: float) -> tuple[float, int]:
    """The natural log of the tempo ratio with half and double counted as equal, and which.

    Returns
    -------
    step : 0 where the beats fall together; positive where the incoming track is faster
    octave : 1 where the incoming track counts twice as fast, -1 where half, 0 where equal
    """
    log_ratio = math.log2(incoming_bpm / outgoing_bpm)
    octave = max(-1, min(1, round(log_ratio)))
    return (log_ratio - octave) * math.log(2.0), octave


def matches(step: float, max_stretch_percent: float) -> bool:
    """Whether a tempo step can be bent away within the limit."""
    return abs(step) <= _limit(max_stretch_percent)


def _limit(max_stretch_percent: float) -> float:
    """The largest tempo step that is bent away; a hair more, so that 6 % is within 6 %."""
    return max(math.log1p(max_stretch_percent / 100.0), SAME_TEMPO) + 1e-9


def _tempo_costs(tracks: Sequence[OrderTrack], max_stretch_percent: float) -> Costs:
    bpm = np.array([track.tempo_bpm or np.nan for track in tracks])
    log_ratios = np.log2(bpm[None, :] / bpm[:, None])
    octaves = np.clip(np.round(log_ratios), -1, 1)
    steps = np.abs(log_ratios - octaves) * np.log(2.0)
    noticed = steps / NOTICED_TEMPO
    costs = np.where(steps <= _limit(max_stretch_percent), noticed**2, UNMATCHED + noticed)
    return np.where(np.isnan(steps), NO_BEAT, costs)


def _key_costs(tracks: Sequence[OrderTrack]) -> Costs:
    def between(one: Camelot | None, other: Camelot | None) -> float:
        return float(KEY_STEPS[one.distance(other)]) if one and other else UNKNOWN_KEY

    keys = sorted({track.key for track in tracks}, key=str)
    table = np.array([[between(one, other) for other in keys] for one in keys])
    index = np.array([keys.index(track.key) for track in tracks])
    return np.asarray(table[np.ix_(index, index)], np.float64)


def artist_of(track: OrderTrack) -> str:
    """The leading artist, spelt one way; empty where there is none."""
    plain = " ".join(unicodedata.normalize("NFKC", track.artist).casefold().split())
    return _FEATURING.sub("", plain)


def _artist_costs(tracks: Sequence[OrderTrack]) -> Costs:
    names = np.array([artist_of(track) for track in tracks])
    same = (names[:, None] == names[None, :]) & (names != "")[:, None]
    return np.where(same, SAME_ARTIST, 0.0)


def place_costs(tracks: Sequence[OrderTrack], *, arc: EnergyArc, locks: Mapping[int, int]) -> Costs:
    """What it costs to hear a track at a place: how far its energy is from the arc's there.

    A set plays all of its tracks, so only ranks are compared: the third most energetic track
    belongs where the arc has its third highest value.

    Parameters
    ----------
    locks : index of a track to its place, both from 0

    Returns
    -------
    float64, shape (n tracks, n places)
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
    """Each track's rank by energy, 0 to 1; equals share one. A hundredth is no difference."""
    return _ranks(np.round([track.energy for track in tracks], 2))


def arc_ranks(arc: EnergyArc, n: int) -> Costs:
    """Each place's rank by the arc's energy there, 0 to 1; level stretches share one."""
    return _ranks(np.round(_curve(arc, np.linspace(0.0, 1.0, n)) / HAND))


def _ranks(values: Costs) -> Costs:
    return np.asarray((rankdata(values) - 1.0) / max(1, len(values) - 1), np.float64)


def _curve(arc: EnergyArc, at: Costs) -> Costs:
    """The arc's energy at shares of the set."""
    if arc == "steady":
        # Odd: alike from both ends, so that there is no trend
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
