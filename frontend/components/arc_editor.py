"""The energy curve of a set, shown or drawn point by point."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from .bundles import Widget

_WIDGET = Widget("arc_editor")

KEY = "arc_editor"
#: Enough points for a start, a build-up, a middle and a peak.
POINTS = (0.3, 0.45, 0.6, 0.75, 0.6, 0.85, 0.95, 0.5)


def arc_editor(arc: str, points: Sequence[float] = POINTS, *, key: str = KEY) -> list[float]:
    """Show the energy curve ``arc``, and return its points.

    A ``drawn`` curve starts as ``points``, and the user can edit it.
    """
    current = (st.session_state.get(key) or {}).get("points") or list(points)
    result = _WIDGET.draw(key, {"arc": arc, "points": current}, "points")
    return [float(point) for point in result.points or current]
