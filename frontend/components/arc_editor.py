"""The energy of a set as a curve: shown, or drawn point by point."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from .bundles import script, style

_COMPONENT = st.components.v2.component(
    "segue.arc_editor",
    html="<div data-root></div>",
    css=style("arc_editor"),
    js=script("arc_editor"),
)

KEY = "arc_editor"
#: A start, a way up, a middle, a peak: what a person thinks of, and no more to move.
POINTS = (0.3, 0.45, 0.6, 0.75, 0.6, 0.85, 0.95, 0.5)


def arc_editor(arc: str, points: Sequence[float] = POINTS, *, key: str = KEY) -> list[float]:
    """Show the curve of ``arc``; one that is ``drawn`` starts as ``points`` and can be changed."""
    held = (st.session_state.get(key) or {}).get("points") or list(points)
    result = _COMPONENT(
        key=key,
        data={"arc": arc, "points": held},
        on_points_change=lambda: None,
    )
    return [float(point) for point in result.points or held]
