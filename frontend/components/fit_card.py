"""How well two songs go together: the score, its parts as bars, and why."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.mashups import FitPart, PairFit

from .. import mashup_words
from ..mashup_words import Titles


def fit_card(fit: PairFit, titles: Titles, *, measured_on: str) -> None:
    """Show a fit; titles are escaped, for they come from strangers' tags."""
    voice, music = (escape(title) for title in mashup_words.pair(fit, titles))
    who = (
        f"<b>{voice}</b>, an edit of itself"
        if mashup_words.is_edit(fit)
        else f"The voice of <b class='deck-a'>{voice}</b> over <b class='deck-b'>{music}</b>"
    )
    heard_on = "the separated stems" if measured_on == "stems" else "the whole songs"
    parts = "".join(_part(part) for part in fit.parts)
    changes = escape(" · ".join(mashup_words.changes(fit)))
    st.html(
        f'<section class="fit" aria-label="Fit: {mashup_words.points(fit.score)} of 100">'
        f'<p class="score"><b>{mashup_words.points(fit.score)}</b><span>of 100</span></p>'
        f'<div class="who"><p class="pair">{who}</p>'
        f'<p class="grade">{mashup_words.grade(fit.score).capitalize()} · {changes}</p></div>'
        f'<dl class="parts">{parts}</dl>'
        f'<p class="on">Measured on {heard_on}.</p></section>'
    )


def other_fits(fits: Sequence[PairFit], titles: Titles) -> None:
    """All other pairs in a line each, the best first."""
    if not fits:
        return
    rows = "".join(_row(fit, titles) for fit in fits)
    count = f"{len(fits)} other pair{'s' if len(fits) > 1 else ''}"
    st.html(
        f'<details class="fits"><summary>{count}</summary><ol aria-label="Other pairs">{rows}</ol>'
        "</details>"
    )


def _part(part: FitPart) -> str:
    name, means = mashup_words.PARTS[part.name], mashup_words.PARTS_MEAN[part.name]
    share = max(2, round(100 * part.score))
    return (
        f'<div><dt title="{escape(means, quote=True)}">{name}</dt>'
        f'<dd><span class="bar" aria-hidden="true"><i style="width:{share}%"></i></span>'
        f'<span class="points">{mashup_words.points(part.score)}</span>'
        f"<span class='reason'>{escape(part.reason)}</span></dd></div>"
    )


def _row(fit: PairFit, titles: Titles) -> str:
    return (
        f"<li><b>{mashup_words.points(fit.score)}</b>"
        f"<span class='reason'>{escape(mashup_words.in_a_line(fit, titles))}</span></li>"
    )
