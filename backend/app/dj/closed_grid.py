"""Beat grids that end with the downbeat that closes the music's last bar."""

from __future__ import annotations

import numpy as np

from ..contract.analysis import Rhythm
from .deck import DeckTrack, Grid, grid_of

_BEATS = 8  # the tempo of the last bars, if the track has no constant one


def closed_grid_of(track: DeckTrack) -> Grid | None:
    """Return the track's beat grid, complete to the end of its last bar; None without a beat.

    A join may end there, with nothing left out; analysis states no beat that is not played.
    """
    grid = grid_of(track)
    if grid is None:
        return None
    rhythm = _closed(grid.analysis.rhythm, track)
    return Grid(grid.analysis.model_copy(update={"rhythm": rhythm}))


def beat_s(rhythm: Rhythm) -> float:
    """Length of the track's last beats."""
    return float(np.diff(rhythm.beats_s[-_BEATS - 1 :]).mean())


def _closed(rhythm: Rhythm, track: DeckTrack) -> Rhythm:
    """Complete the last bar, if the music ends less than a beat before its end."""
    beats_s, closing = rhythm.beats_s, rhythm.downbeats[-1] + rhythm.beats_per_bar
    missing = closing - (len(beats_s) - 1)
    if missing <= 0:
        return rhythm
    step_s = beat_s(rhythm)
    added = [beats_s[-1] + step_s * (n + 1) for n in range(missing)]
    if added[-1] > min(track.music_end_s + step_s, track.duration_s):
        return rhythm
    return rhythm.model_copy(
        update={"beats_s": [*beats_s, *added], "downbeats": [*rhythm.downbeats, closing]}
    )
