"""The tempo in which songs meet, and what a vibe makes of it."""

from __future__ import annotations

import math

from .deck import Grid
from .vibes import VIBES, VibeTreatment

FOLDS = (1.0, 2.0, 0.5)
"""Beats of a track for one of the mashup's."""

MOST_CHANGE = 0.09
"""What any of a pair is bent by at most for the vibe's sake; in sets 6 % is the limit for whole
tracks, and single stems bear a little more."""

FURTHEST = 0.12
"""A track that would have to be bent further than this is left out."""

INSTRUMENTS_SHARE = 0.6
"""Two tempos meet nearer to the instruments' own: drums smear before voices do."""

_HARDEST_PULL = max(abs(math.log(vibe.tempo_factor)) for vibe in VIBES.values())
_LEAST_ROOM = 0.3
"""Of what two tempos leave to bend, so much is kept for the vibes on either side: nearly a third
each, and songs that are far apart meet within the rest."""


def fold_between(of_bpm: float, on_bpm: float) -> float:
    """How many beats of one tempo for one of another need the least stretch."""
    return min(FOLDS, key=lambda fold: abs(math.log2(on_bpm * fold / of_bpm)))


def common_tempo_bpm(vocals: Grid, under: Grid, factor: float) -> float:
    """Where two tempos meet, counted as the instruments count."""
    share = INSTRUMENTS_SHARE
    return float(under.tempo_bpm**share * (vocals.tempo_bpm / factor) ** (1.0 - share))


def mix_tempo_bpm(vocals: Grid, under: Grid, treatment: VibeTreatment) -> float:
    """The tempo of a pair as a vibe plays it.

    The further apart two songs are, the less is left to bend for the vibe. Faster vibes give way by
    one share then and slower ones by another, so that their order stays.
    """
    factor = fold_between(vocals.tempo_bpm, under.tempo_bpm)
    meet = math.log(common_tempo_bpm(vocals, under, factor))
    own = [math.log(vocals.tempo_bpm / factor), math.log(under.tempo_bpm)]
    lowest, highest = max(own) - math.log1p(MOST_CHANGE), min(own) + math.log1p(MOST_CHANGE)
    spare = _LEAST_ROOM * max(highest - lowest, 0.0)
    middle = min(max(meet, lowest + spare), max(highest - spare, lowest + spare))
    pull = math.log(treatment.tempo_factor)
    left = max(highest - middle if pull > 0.0 else middle - lowest, 0.0)
    return math.exp(middle + pull * min(left / _HARDEST_PULL, 1.0))


def change_percent(grid: Grid, tempo_bpm: float, fold: float) -> float:
    """How much faster a track is played with ``fold`` of its beats on one of the mashup's."""
    return 100.0 * (tempo_bpm * fold / grid.tempo_bpm - 1.0)
