"""List a mashup's sections: start, name, length, reason."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.mashups import MashupSection

from ...labels import mashup
from ...labels.figures import clock, counted


def section_list(sections: Sequence[MashupSection]) -> None:
    """List the sections; reasons are escaped, since they quote file tags."""
    rows = "".join(_row(section) for section in sections)
    st.html(f'<ol class="sections" aria-label="Arrangement">{rows}</ol>')


def _row(section: MashupSection) -> str:
    length = counted(section.bars, "bar")
    return (
        f'<li><span class="when">{clock(section.start_s)}</span>'
        f"<b>{mashup.SECTIONS[section.label]}</b>"
        f'<span class="long">{length}</span>'
        f'<span class="why">{escape(section.reason)}</span></li>'
    )
