"""Find the beats and bars of a whole track, in parts where its grid breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from .bar_path import WEIGHTS
from .beat_grid import attacks
from .downbeats import beat_features, find_phrases
from .grid_breaks import exact_break_s
from .grid_search import FoundGrid, FoundPulse, find_grid, find_pulse
from .onsets import Floats, Onsets, RhythmSpectra

PHRASE_BARS = 8


@dataclass(frozen=True)
class TrackGrid:
    """The grids of a track's parts in order, and where its phrases begin."""

    parts: list[FoundGrid]
    phrase_start: int
    beats_s: Floats = field(repr=False)
    downbeats: list[int] = field(repr=False)

    @property
    def metre(self) -> int:
        """Beats of a bar."""
        return self.parts[0].path.metre

    @property
    def steady(self) -> bool:
        """Whether all beats are equally far apart."""
        return len(self.parts) == 1 and self.parts[0].steady


def find_track_grid(spectra: RhythmSpectra, bar_weights: Floats = WEIGHTS) -> TrackGrid | None:
    """Find the beats and bars of a track; None without a clear pulse."""
    found = find_pulse(spectra)
    if found is None:
        return None
    parts = _parts(spectra, found, bar_weights) if found.breaks_s else []
    if not parts:
        whole = find_grid(spectra, found, bar_weights)
        parts = [whole] if whole else []
    return _joined(parts, spectra, found.relative) if parts else None


def _parts(spectra: RhythmSpectra, found: FoundPulse, weights: Floats) -> list[FoundGrid]:
    """Search each part by itself, in the metre of the longest; empty if one has no beat."""
    edges_s = [0.0, *found.breaks_s, spectra.duration_s]
    slices = [spectra.part(start_s, end_s) for start_s, end_s in pairwise(edges_s)]
    longest = max(slices, key=lambda part: part.duration_s)
    pulse = find_pulse(longest)
    grid = find_grid(longest, pulse, weights) if pulse else None
    metre = grid.path.metre if grid else None
    grids = []
    for start_s, part in zip(edges_s, slices, strict=False):
        pulse = find_pulse(part)
        grid = find_grid(part, pulse, weights, metre) if pulse else None
        if grid is None or len(grid.beats_s) < 2 * grid.path.metre:
            return []
        grids.append(grid.moved(start_s))
    return _cut(grids, edges_s, attacks(spectra.fine))


def _cut(grids: list[FoundGrid], edges_s: list[float], rise: Floats) -> list[FoundGrid]:
    """Let each grid end exactly where the next one begins."""
    exact_s = [
        exact_break_s(one.beats_s, other.beats_s, near_s, rise)
        for (one, other), near_s in zip(pairwise(grids), edges_s[1:-1], strict=True)
    ]
    first_s, last_s = float(grids[0].beats_s[0]), float(grids[-1].beats_s[-1]) + 1e-3
    bounds = [first_s, *exact_s, last_s]
    return [grid.within(a, b) for grid, (a, b) in zip(grids, pairwise(bounds), strict=True)]


def _joined(parts: list[FoundGrid], spectra: RhythmSpectra, relative: Onsets) -> TrackGrid:
    beats_s = np.concatenate([part.beats_s for part in parts])
    places = np.concatenate([part.places for part in parts])
    downbeats = [int(index) for index in np.flatnonzero(places == 0)]
    features = beat_features(spectra, relative, beats_s)
    return TrackGrid(parts, find_phrases(features, downbeats, PHRASE_BARS), beats_s, downbeats)
