"""Picture of a mashup's loudness: a block for each section."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.mashups import MashupSection

from ...labels import mashup


def contour_card(sections: Sequence[MashupSection]) -> None:
    """Draw the measured contour; nothing for mashups of earlier versions."""
    known = [section for section in sections if section.loudness_lufs]
    if not known:
        return
    loudest = max(max(levels) for one in known if (levels := one.loudness_lufs))
    blocks = "".join(_block(section, loudest) for section in sections)
    said = escape(mashup.contour_summary(sections))
    st.html(
        f'<ol class="contour" aria-label="Loudness of the sections">{blocks}</ol>'
        f'<p class="contour-said">{said}</p>'
    )


def _block(section: MashupSection, loudest_lufs: float) -> str:
    """A block as wide as the section is long; its top is the loudness from start to end."""
    seconds = section.end_s - section.start_s
    name, levels = mashup.SECTIONS[section.label], section.loudness_lufs
    if levels is None:
        return f'<li style="flex-grow:{seconds:.2f}"><i></i><span>{name}</span></li>'
    tops = [mashup.contour_top_percent(level, loudest_lufs) for level in levels]
    shape = f"polygon(0 {tops[0]}%,100% {tops[1]}%,100% 100%,0 100%)"
    drop = ' class="drop"' if section.label == "drop" else ""
    title = f"{name}: {levels[0]:.1f} to {levels[1]:.1f} LUFS"
    return (
        f'<li{drop} style="flex-grow:{seconds:.2f}" title="{title}">'
        f'<i style="clip-path:{shape}"></i><span>{name}</span></li>'
    )
