"""The crate's tracks in running order: move, rename, leave out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.uploads import TrackView

from ..draft import Arrangement
from .bundles import script, style

_COMPONENT = st.components.v2.component(
    "segue.track_table",
    html="<div data-root></div>",
    css=style("track_table"),
    js=script("track_table"),
)

KEY = "track_table"


def track_table(
    crate_id: str, tracks: Sequence[TrackView], *, crossfade_s: float
) -> Arrangement | None:
    """Show the table; None until the browser has told how a person arranged this crate."""
    fields = {"id", "title", "artist", "duration_s", "warnings"}
    result = _COMPONENT(
        key=KEY,
        data={
            "crate_id": crate_id,
            "crossfade_s": crossfade_s,
            "tracks": [track.model_dump(include=fields) for track in tracks],
        },
        on_arrangement_change=lambda: None,
    )
    said = Arrangement.model_validate(result.arrangement) if result.arrangement else None
    return said if said and said.crate_id == crate_id else None
