"""A track or a sound to hear, fetched by the browser; a track can click along with its beats."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from .. import session
from ..api_client import api_base
from .bundles import script, style

_COMPONENT = st.components.v2.component(
    "segue.track_sound",
    html="<div data-root></div>",
    css=style("track_sound"),
    js=script("track_sound"),
)


def track_sound(
    key: str,
    path: str,
    *,
    name: str = "",
    beats_s: Sequence[float] = (),
    downbeats: Sequence[int] = (),
    quiet: bool = False,
) -> None:
    """Show a small player for the API's ``path``; ``downbeats`` are indices into ``beats_s``.

    A ``quiet`` one is one of many: it does not call for attention.
    """
    result = _COMPONENT(
        key=f"sound_{key}",
        data={
            "url": api_base() + path,
            "name": name,
            "quiet": quiet,
            "token": session.api().access_token(),
            "beats_s": [round(beat, 4) for beat in beats_s],
            "downbeats": list(downbeats),
        },
        on_token_expired_change=lambda: None,
    )
    if result.token_expired:
        session.api().renew()
        st.rerun()
