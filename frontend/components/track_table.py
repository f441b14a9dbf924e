"""A table of a crate's tracks, in which the user moves, renames and removes tracks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.uploads import TrackView

from ..labels import tempo_and_key
from ..state.mixtape_draft import Arrangement
from .bundles import Widget

_WIDGET = Widget("track_table")

KEY = "track_table"
#: One bar for about ten seconds of a song.
ENERGY_BARS = 24


@dataclass(frozen=True, slots=True)
class TableState:
    """The user's arrangement of a table, and the track whose beat grid to correct.

    The arrangement is None until the browser reports it.
    """

    arrangement: Arrangement | None
    opened: str | None


def track_table(
    crate_id: str,
    tracks: Sequence[TrackView],
    *,
    analyses: Mapping[str, TrackAnalysis] | None = None,
    crossfade_s: float = 0.0,
    pins: bool = False,
    corrections: bool = True,
    key: str = KEY,
) -> TableState:
    """Show the tracks with their analyses, or with start times if ``analyses`` is None.

    ``pins`` shows buttons that fix tracks to their places, ``corrections`` buttons that open a
    track's beat grid.
    """
    data = {
        "crate_id": crate_id,
        "crossfade_s": crossfade_s,
        "shows_analysis": analyses is not None,
        "pins": pins,
        "corrections": corrections,
        "tracks": [row(track, (analyses or {}).get(track.id)) for track in tracks],
    }
    result = _WIDGET.draw(key, data, "arrangement", "opened")
    arrangement = Arrangement.model_validate(result.arrangement) if result.arrangement else None
    is_current = arrangement is not None and arrangement.crate_id == crate_id
    return TableState(arrangement if is_current else None, result.opened)


def row(track: TrackView, analysis: TrackAnalysis | None) -> dict[str, object]:
    """Convert a track to a row of the table."""
    fields = {"id", "title", "artist", "duration_s", "warnings"}
    return {**track.model_dump(include=fields), "analysis": analysis and analysis_cells(analysis)}


def analysis_cells(analysis: TrackAnalysis) -> dict[str, object]:
    """Format tempo, key and energy; uncertain figures get a question mark."""
    harmony = analysis.harmony
    doubt = "?" if harmony.key and harmony.confidence < tempo_and_key.SURE else ""
    return {
        "tempo": tempo_and_key.tempo(analysis.rhythm),
        "key": tempo_and_key.code(harmony) + doubt,
        "key_name": harmony.key,
        "energy": energy_bars(analysis.energy, ENERGY_BARS),
    }


def energy_bars(energy: Sequence[float], n_bars: int) -> list[float]:
    """Average ``energy`` into at most ``n_bars`` values."""
    count = min(n_bars, len(energy))
    edges = [round(i * len(energy) / count) for i in range(count + 1)] if count else [0]
    spans = (energy[start:end] for start, end in pairwise(edges))
    return [round(sum(span) / len(span), 2) for span in spans]
