"""A sound of the library from close: its waveform, what begins where in it, and to be heard."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.sounds import SoundDetail

from .. import session
from ..api_client import api_base
from .bundles import script, style
from .player import thinned

_COMPONENT = st.components.v2.component(
    "segue.sound_picture",
    html="<div data-root></div>",
    css=style("sound_picture"),
    js=script("sound_picture"),
)

#: One for every two pixels of a wide screen.
MOST_PEAKS = 500


def sound_picture(detail: SoundDetail) -> None:
    """Show the picture; a press on it plays from there."""
    sound = detail.sound
    result = _COMPONENT(
        key=f"picture_{sound.id}",
        data={
            "url": f"{api_base()}/sounds/{sound.id}/audio",
            "name": sound.name,
            "token": session.api().access_token(),
            "duration_s": sound.duration_s,
            "onsets_s": [round(onset, 4) for onset in detail.onsets_s],
            "peaks": thinned(detail.peaks, MOST_PEAKS),
        },
        on_token_expired_change=lambda: None,
    )
    if result.token_expired:
        session.api().renew()
        st.rerun()
