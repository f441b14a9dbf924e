"""Styles and column of every page, so that nothing moves while it loads."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from frontend.state.session import Key

STYLES = Path(__file__).parents[2] / "look.css"
#: A browser receives the styles this long before the page; otherwise the page would move.
STYLES_S = 0.2
#: Whether this session's browser has loaded the styles.
STYLED = Key[bool]("styled")
WIDTH_PX = 960


def load_styles() -> None:
    """Load the app's CSS; wait for it when the app is opened.

    The CSS holds what the theme file cannot express.
    """
    st.html(STYLES)
    if not STYLED.get():
        sleep(STYLES_S)
        STYLED.put(True)


def column() -> DeltaGenerator:
    """Draw a centred column of fixed width, since the styles may load late."""
    return st.container(horizontal_alignment="center").container(width=WIDTH_PX)
