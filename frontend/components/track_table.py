"""The crate's tracks in running order: move, rename, leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import streamlit as st

from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.uploads import TrackView

from .. import dj_words
from ..draft import Arrangement
from .bundles import script, style

_COMPONENT = st.components.v2.component(
    "segue.track_table",
    html="<div data-root></div>",
    css=style("track_table"),
    js=script("track_table"),
)

KEY = "track_table"
#: Bars of the energy picture: one for every ten seconds or so of a song.
ENERGY_BARS = 24


@dataclass(frozen=True, slots=True)
class TableState:
    """What the table says: how a person arranged the crate, and a track to look at closely.

    ``arrangement`` is None until the browser has told it.
    """

    arrangement: Arrangement | None
    look_at: str | None


def track_table(
    crate_id: str,
    tracks: Sequence[TrackView],
    *,
    heard: Mapping[str, TrackAnalysis] | None = None,
    crossfade_s: float = 0.0,
    pins: bool = False,
    looks: bool = True,
    key: str = KEY,
) -> TableState:
    """Show the table, with what was ``heard`` of the tracks or else where each will start.

    ``pins`` offers to keep tracks in their places, ``looks`` to look at a track's beat.
    """
    result = _COMPONENT(
        key=key,
        data={
            "crate_id": crate_id,
            "crossfade_s": crossfade_s,
            "shows_heard": heard is not None,
            "pins": pins,
            "looks": looks,
            "tracks": [row(track, (heard or {}).get(track.id)) for track in tracks],
        },
        on_arrangement_change=lambda: None,
        on_look_at_change=lambda: None,
    )
    said = Arrangement.model_validate(result.arrangement) if result.arrangement else None
    ours = said if said and said.crate_id == crate_id else None
    return TableState(ours, result.look_at)


def row(track: TrackView, heard: TrackAnalysis | None) -> dict[str, object]:
    """A track as the widget takes it."""
    fields = {"id", "title", "artist", "duration_s", "warnings"}
    return {**track.model_dump(include=fields), "heard": heard and heard_words(heard)}


def heard_words(heard: TrackAnalysis) -> dict[str, object]:
    """Tempo, key and energy in a few characters each; a guess carries a question mark."""
    harmony = heard.harmony
    doubt = "?" if harmony.key and harmony.confidence < dj_words.SURE else ""
    return {
        "tempo": dj_words.tempo(heard.rhythm),
        "key": dj_words.code(harmony) + doubt,
        "key_name": harmony.key,
        "energy": energy_bars(heard.energy, ENERGY_BARS),
    }


def energy_bars(energy: Sequence[float], most: int) -> list[float]:
    """At most ``most`` values, each the mean of those it stands for."""
    count = min(most, len(energy))
    edges = [round(i * len(energy) / count) for i in range(count + 1)] if count else [0]
    spans = (energy[start:end] for start, end in pairwise(edges))
    return [round(sum(span) / len(span), 2) for span in spans]
