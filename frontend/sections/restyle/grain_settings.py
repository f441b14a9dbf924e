"""The settings of a restyle's grains: length, pitch, loudness."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.restyles import RestyleSettings

DEFAULTS = RestyleSettings()


def ask_grains() -> RestyleSettings:
    """Ask for the three grain settings; each has a help text."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        duration_ms = st.slider(
            "Grain length (ms)",
            30,
            500,
            value=round(DEFAULTS.grain_duration_ms),
            step=10,
            key="grain_duration_ms",
            persist_state="session",
        )
        st.caption("Short grains make a texture; long ones are recognisable as the sound.")
    with middle:
        pitched = st.toggle(
            "Follow the pitch",
            value=DEFAULTS.use_pitch_mapping,
            key="grain_pitch",
            persist_state="session",
        )
        st.caption("Tunes each grain to the stem's note. Off: grains keep their own pitch.")
    with right:
        follows = st.toggle(
            "Follow the loudness",
            value=DEFAULTS.use_envelope,
            key="grain_envelope",
            persist_state="session",
        )
        st.caption("Loud where the stem is loud. Off: grains keep their own loudness.")
    return RestyleSettings(
        grain_duration_ms=duration_ms, use_pitch_mapping=pitched, use_envelope=follows
    )
