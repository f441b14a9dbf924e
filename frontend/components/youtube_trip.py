"""The way to Google's page of consent and back, in the same tab, with what was on the table."""

from __future__ import annotations

import streamlit as st

from .bundles import script

_COMPONENT = st.components.v2.component("segue.youtube_trip", js=script("youtube_trip"))


def leave_for(url: str, keep: str) -> None:
    """Send the browser there; ``keep`` waits in it for the way back."""
    _COMPONENT(key="youtube_trip", data={"url": url, "keep": keep}, on_kept_change=lambda: None)


def brought_back() -> str | None:
    """What was kept when the browser left, in the one run in which it is told."""
    result = _COMPONENT(
        key="youtube_trip_back", data={"url": None, "keep": ""}, on_kept_change=lambda: None
    )
    return None if result.kept is None else str(result.kept)
