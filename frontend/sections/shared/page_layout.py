"""The styles and the column of every page, so that nothing jumps while it loads."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from frontend.state.session import Key

STYLES = Path(__file__).parents[2] / "look.css"
#: The browser has the styles this long before the page; drawn without them, the page would jump.
STYLES_S = 0.2
#: Set once this session's browser has loaded the styles.
STYLED = Key[bool]("styled")
WIDTH_PX = 960


def load_styles() -> None:
    """Load the CSS that the theme file cannot express; wait for it when the app is opened."""
    st.html(STYLES)
    if not STYLED.get():
        sleep(STYLES_S)
        STYLED.put(True)


def column() -> DeltaGenerator:
    """A centred column; its width is not left to the styles, which may come late."""
    return st.container(horizontal_alignment="center").container(width=WIDTH_PX)
