"""Analyse tempo, beats, bars and phrases of a stream."""

from __future__ import annotations

import numpy as np

from ...contract.analysis import GridStretch, Rhythm
from ..mid_side import MidSideBlock
from .confidence import bar_confidence, beat_confidence
from .grid_search import FoundGrid
from .grid_stretches import GridPart, find_stretches, mean_confidence
from .onsets import SpectraAnalyser, SpectraRows
from .track_grid import PHRASE_BARS, find_track_grid

NO_RHYTHM = Rhythm(
    tempo_bpm=0.0,
    steady=False,
    confidence=0.0,
    beats_s=[],
    beats_per_bar=4,
    downbeats=[],
    downbeat_confidence=0.0,
)
"""The rhythm of silence, noise or a held chord: no beats, and a tempo of 0."""


class RhythmAnalyser:
    """Analyses the rhythm of a stream; keeps only features, 20 kB a second."""

    def __init__(self) -> None:
        self._spectra = SpectraAnalyser()

    def push(self, block: MidSideBlock) -> None:
        """Take the next block, of any size."""
        self._spectra.push(block.mid)

    def finish(self) -> Rhythm:
        """Return the rhythm of everything pushed; ``NO_RHYTHM`` without a clear pulse."""
        return rhythm_of(self._spectra.finish())


def rhythm_of(spectra: SpectraRows) -> Rhythm:
    """Find the rhythm of a track from its spectra; ``NO_RHYTHM`` without a clear pulse."""
    found = find_track_grid(spectra)
    if found is None:
        return NO_RHYTHM
    stretches = [stretch for part in found.parts for stretch in _stretches(part)]
    return Rhythm(
        tempo_bpm=longest_tempo_bpm(stretches),
        steady=found.steady,
        beats_s=np.round(found.beats_s, 5).tolist(),
        beats_per_bar=found.metre,
        downbeats=found.downbeats,
        confidence=mean_confidence([one.confidence for one in stretches], stretches),
        downbeat_confidence=mean_confidence(
            [one.downbeat_confidence for one in stretches], stretches
        ),
        phrase_bars=PHRASE_BARS,
        phrase_start=found.phrase_start,
        stretches=stretches,
    )


def _stretches(found: FoundGrid) -> list[GridStretch]:
    """Compute the confidences of each part of a grid, and join parts that are alike."""
    parts = []
    for first, last in found.parts:
        beats = beat_confidence(
            found.on_beat(first, last),
            found.pulse_strength,
            half_the_tempo=found.may_be_half_the_tempo,
        )
        bars = bar_confidence(
            found.on_bar(first, last),
            found.lead_of_bars(first, last),
            beats,
            found.metre_margin,
        )
        parts.append(GridPart(first, last, beats, bars))
    return find_stretches(found.beats_s, parts)


def longest_tempo_bpm(stretches: list[GridStretch]) -> float:
    """Return the tempo that lasts longest."""
    lasts_s: dict[float, float] = {}
    for one in stretches:
        lasts_s[one.tempo_bpm] = lasts_s.get(one.tempo_bpm, 0.0) + one.end_s - one.start_s
    return max(lasts_s, key=lambda tempo_bpm: lasts_s[tempo_bpm])
