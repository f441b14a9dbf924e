"""How energetic each track is among the others of its set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..contract.analysis import TrackAnalysis
from .deck import DeckTrack, Grid, grid_of
from .harmony import camelot
from .order_cost import Costs, OrderTrack

# What counts as a plain difference, so that three measures can be added up: about a standard
# deviation over a mixed crate (masters of -8 to -14 LUFS, 90 to 175 BPM). Fixed, and not the set's
# own: tracks that are all but equally loud must not be told apart by a tenth of a LU.
_LOUDNESS_LU = 3.0
_TEMPO_OCTAVES = 0.25
_FULLNESS = 0.15

_WEIGHTS = (1.0, 0.5, 0.5)
"""Loudness, tempo, fullness. Loudness says most about how aroused music is felt to be, then tempo
(Schubert, 2004). Tempo is halved as its octave may be misheard, fullness as it is relative to the
track."""
_FLOOR_LUFS = -70.0  # the gate of BS.1770: what is below is silence


def order_tracks_of(decks: Sequence[DeckTrack]) -> list[OrderTrack]:
    """What matters of each track for its place in the set.

    Energy is ``loudness / 3 LU + log2(tempo) / 2 / 0.25 + fullness / 2 / 0.15``, each less its
    mean over the set, brought to 0..1 between the calmest track and the most energetic. Fullness
    is the mean energy of the bars between intro and outro. What is not known of a track counts as
    the set's mean. Where all lie within one unit of the sum, they
    stay that close together.
    """
    grids = [grid_of(deck) for deck in decks]
    energies = _energies(decks, grids)
    return [
        OrderTrack(
            track_id=deck.track_id,
            artist=deck.artist,
            tempo_bpm=grid.tempo_bpm if grid else None,
            key=camelot(deck.analysis.harmony.key)
            if deck.analysis and deck.analysis.harmony.key
            else None,
            energy=float(energy),
        )
        for deck, grid, energy in zip(decks, grids, energies, strict=True)
    ]


def _energies(decks: Sequence[DeckTrack], grids: Sequence[Grid | None]) -> Costs:
    loudness = [max(deck.loudness.integrated_lufs, _FLOOR_LUFS) for deck in decks]
    tempo = [float(np.log2(grid.tempo_bpm)) if grid else np.nan for grid in grids]
    fullness = [fullness_of(deck.analysis) if deck.analysis else np.nan for deck in decks]
    measures = np.array([loudness, tempo, fullness]).reshape(3, len(decks))
    units = np.array([_LOUDNESS_LU, _TEMPO_OCTAVES, _FULLNESS])[:, None]
    weighted = [w * _from_mean(row) for w, row in zip(_WEIGHTS, measures / units, strict=True)]
    total: Costs = np.sum(weighted, axis=0, dtype=np.float64)
    if not len(total):
        return total
    middle, spread = (total.max() + total.min()) / 2.0, max(float(np.ptp(total)), 1.0)
    return np.asarray(0.5 + (total - middle) / spread, np.float64)


def _from_mean(values: Costs) -> Costs:
    """Distances from the mean of what is known; 0 for what is not."""
    known = ~np.isnan(values)
    mean = values[known].mean() if known.any() else 0.0
    return np.where(known, values - mean, 0.0)


def fullness_of(heard: TrackAnalysis) -> float:
    """Mean energy of a track's bars between intro and outro, 0 to 1; NaN if it has no bars."""
    bars_s = [heard.rhythm.beats_s[beat] for beat in heard.rhythm.downbeats]
    ends = [part for part in heard.sections if part.label in ("intro", "outro")]
    bars = list(zip(bars_s, heard.energy, strict=False))  # the last downbeat may open no whole bar
    body = [
        energy
        for at_s, energy in bars
        if not any(part.start_s <= at_s < part.end_s for part in ends)
    ]
    return float(np.mean(body or heard.energy)) if heard.energy else float("nan")
