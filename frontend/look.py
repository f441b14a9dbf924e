"""The page's frame: title, mark, and the few rules that the theme file has no words for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
#: Streamlit writes white on the accent. In the dark theme that is 2.4 to 1; this ink is 7.6 to 1.
INK_ON_ACCENT = """<style>
[data-testid^="stBaseLinkButton-primary"], [data-testid^="stBaseButton-primary"] {
  color: #101413 !important;
}
</style>"""


def dress() -> None:
    """Set the frame; called first on every page."""
    mark = str(HERE / "static" / "mark.svg")
    st.set_page_config(page_title="Segue", page_icon=mark, layout="wide")
    st.logo(mark, size="large")
    st.html(HERE / "look.css")
    if st.context.theme.type == "dark":
        st.html(INK_ON_ACCENT)
