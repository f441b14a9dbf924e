"""The page's frame: title, mark, and the few rules that the theme file has no words for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent


def dress() -> None:
    """Set the frame; called first on every page."""
    mark = str(HERE / "static" / "mark.svg")
    st.set_page_config(page_title="Segue", page_icon=mark, layout="wide")
    st.logo(mark, size="large")
    st.html(HERE / "look.css")
