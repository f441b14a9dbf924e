"""A sound before and after something was done to it: in step, one of them heard at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from .. import session
from ..api_client import api_base
from .bundles import script, style
from .player import thinned

_COMPONENT = st.components.v2.component(
    "segue.before_after",
    html="<div data-root></div>",
    css=style("before_after"),
    js=script("before_after"),
)

#: One for every two pixels of a wide screen.
MOST_PEAKS = 500


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it is called, and where the API has it."""

    label: str
    path: str


def before_after(
    key: str, name: str, sides: Sequence[Side], duration_s: float, *, peaks: Sequence[float] = ()
) -> None:
    """Show the player; the last side is heard first. ``peaks`` make it large, with a picture."""
    result = _COMPONENT(
        key=f"before_after_{key}",
        data={
            "api": api_base(),
            "token": session.api().access_token(),
            "name": name,
            "duration_s": duration_s,
            "sides": [{"label": side.label, "path": side.path} for side in sides],
            "peaks": thinned(peaks, MOST_PEAKS),
        },
        on_token_expired_change=lambda: None,
    )
    if result.token_expired:
        session.api().renew()
        st.rerun()
