"""Energy of each track relative to its set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...contract.analysis import TrackAnalysis
from ..deck import DeckTrack, Grid, grid_of
from ..groove import TrackGroove
from .cost import Costs, OrderTrack

# Units that make the three measures comparable: about a standard deviation over a mixed crate
# (masters of -8 to -14 LUFS, 90 to 175 BPM). Fixed rather than computed from the set: a tenth of a
# LU must not rank tracks that are almost equally loud.
_LOUDNESS_LU = 3.0
_TEMPO_OCTAVES = 0.25
_FULLNESS = 0.15

_WEIGHTS = (1.0, 0.5, 0.5)
"""Weights of loudness, tempo and fullness. Perceived arousal depends most on loudness, then on
tempo (Schubert, 2004). Tempo is halved because its octave may be wrong, fullness because it is
relative to the track."""
_FLOOR_LUFS = -70.0  # the gate of BS.1770: lower levels count as silence


def order_tracks_of(decks: Sequence[DeckTrack]) -> list[OrderTrack]:
    """The properties of each track that decide its place in the set.

    Energy is ``loudness / 3 LU + log2(tempo) / 2 / 0.25 + fullness / 2 / 0.15``, each minus its
    mean over the set, scaled to 0..1 between the calmest track and the most energetic. Fullness is
    the mean energy of the bars between intro and outro. An unknown value counts as the set's mean.
    Sums within one unit are not spread out.
    """
    grids = [grid_of(deck) for deck in decks]
    energies = _energies(decks, grids)
    return [
        OrderTrack(
            track_id=deck.track_id,
            artist=deck.artist,
            tempo_bpm=grid.tempo_bpm if grid else None,
            key=deck.key,
            energy=float(energy),
            groove=TrackGroove.of(deck.analysis) if grid else None,
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
    """Distances from the mean of the known values; 0 for unknown ones."""
    known = ~np.isnan(values)
    mean = values[known].mean() if known.any() else 0.0
    return np.where(known, values - mean, 0.0)


def fullness_of(analysis: TrackAnalysis) -> float:
    """Mean energy of a track's bars between intro and outro, 0 to 1.

    NaN if the track has no bars.
    """
    bars_s = [analysis.rhythm.beats_s[beat] for beat in analysis.rhythm.downbeats]
    ends = [part for part in analysis.sections if part.label in ("intro", "outro")]
    # The last downbeat may begin an incomplete bar.
    body = [
        energy
        for at_s, energy in zip(bars_s, analysis.energy, strict=False)
        if not any(part.start_s <= at_s < part.end_s for part in ends)
    ]
    return float(np.mean(body or analysis.energy)) if analysis.energy else float("nan")
