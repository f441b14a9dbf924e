"""The sections of a mashup as text: when, what, how long, and why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.mashups import MashupSection

from .. import dj_words, mashup_words
from ..words import clock


def section_list(sections: Sequence[MashupSection]) -> None:
    """Show them in their order; reasons are escaped, for they name songs by strangers' tags."""
    rows = "".join(_row(section) for section in sections)
    st.html(f'<ol class="sections" aria-label="Arrangement">{rows}</ol>')


def _row(section: MashupSection) -> str:
    return (
        f'<li><span class="when">{clock(section.start_s)}</span>'
        f"<b>{mashup_words.SECTIONS[section.label]}</b>"
        f'<span class="long">{dj_words.bars(section.bars)}</span>'
        f'<span class="why">{escape(section.reason)}</span></li>'
    )
