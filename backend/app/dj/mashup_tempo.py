"""The tempo in which songs meet, and what a vibe makes of it."""

from __future__ import annotations

import math

from .deck import Grid
from .vibes import VibeTreatment

FOLDS = (1.0, 2.0, 0.5)
"""Beats of a track for one of the mashup's."""

MOST_CHANGE = 0.09
"""What any of a pair is bent by at most for the vibe's sake; in sets 6 % is the limit for whole
tracks, and single stems bear a little more."""

FURTHEST = 0.12
"""A track that would have to be bent further than this is left out."""

INSTRUMENTS_SHARE = 0.6
"""Two tempos meet nearer to the instruments' own: drums smear before voices do."""


def fold_between(of_bpm: float, on_bpm: float) -> float:
    """How many beats of one tempo for one of another need the least stretch."""
    return min(FOLDS, key=lambda fold: abs(math.log2(on_bpm * fold / of_bpm)))


def common_tempo_bpm(vocals: Grid, under: Grid, factor: float) -> float:
    """Where two tempos meet, counted as the instruments count."""
    share = INSTRUMENTS_SHARE
    return float(under.tempo_bpm**share * (vocals.tempo_bpm / factor) ** (1.0 - share))


def mix_tempo_bpm(vocals: Grid, under: Grid, treatment: VibeTreatment) -> float:
    """The tempo of a pair as a vibe plays it.

    The further apart two songs are, the less is left to bend for the vibe. All vibes give way by
    the same share then, so that their order stays.
    """
    factor = fold_between(vocals.tempo_bpm, under.tempo_bpm)
    common = common_tempo_bpm(vocals, under, factor)
    apart = abs(math.log(under.tempo_bpm * factor / vocals.tempo_bpm))
    left = max(math.log1p(MOST_CHANGE) - INSTRUMENTS_SHARE * apart, 0.0)
    share = min(left / math.log1p(0.06), 1.0)  # the vibe that pulls hardest wants 6 %
    return float(common * treatment.tempo_factor**share)


def change_percent(grid: Grid, tempo_bpm: float, fold: float) -> float:
    """How much faster a track is played with ``fold`` of its beats on one of the mashup's."""
    return 100.0 * (tempo_bpm * fold / grid.tempo_bpm - 1.0)
