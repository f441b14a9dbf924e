"""How grains are laid: their length, their pitch, their loudness."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.restyles import RestyleSettings

SHORTEST_MS, LONGEST_MS, STEP_MS = 30, 500, 10
USUAL = RestyleSettings()


def ask_grains() -> RestyleSettings:
    """Three settings, each with what it does in one line."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        duration_ms = st.slider(
            "Length of a grain (ms)",
            SHORTEST_MS,
            LONGEST_MS,
            value=round(USUAL.grain_duration_ms),
            step=STEP_MS,
            key="grain_duration_ms",
            persist_state="session",
        )
        st.caption("Short grains are a texture, long ones are heard as the sound itself.")
    with middle:
        pitched = st.toggle(
            "In the stem's pitch",
            value=USUAL.use_pitch_mapping,
            key="grain_pitch",
            persist_state="session",
        )
        st.caption("Each grain is moved to the note that the stem has there. Off: as it is.")
    with right:
        follows = st.toggle(
            "In the stem's loudness",
            value=USUAL.use_envelope,
            key="grain_envelope",
            persist_state="session",
        )
        st.caption("Loud where the stem is loud. Off: every grain as loud as it is.")
    return RestyleSettings(
        grain_duration_ms=duration_ms, use_pitch_mapping=pitched, use_envelope=follows
    )
