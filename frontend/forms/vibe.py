"""The vibe of a mashup, as four cards that say what each does."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.mashups import Vibe
from frontend.mashup_words import VIBE_MEANS, VIBE_NAMES, vibes


def ask_vibe() -> Vibe:
    """One of four; the look makes cards of the options."""
    chosen = st.radio(
        "Vibe",
        vibes(),
        format_func=VIBE_NAMES.__getitem__,
        captions=[VIBE_MEANS[vibe] for vibe in vibes()],
        horizontal=True,
        label_visibility="collapsed",
        width="stretch",
        key="vibe",
        persist_state="session",
    )
    return chosen or vibes()[0]
