"""Show how well two songs fit: score, its parts as bars, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.mashups import FitPart, PairFit

from ...labels import mashup
from ...labels.figures import counted
from ...labels.mashup import Titles


def fit_card(fit: PairFit, titles: Titles, *, measured_on: str) -> None:
    """Show how well two songs fit; titles are escaped, since they come from file tags.

    A single song has no score: it always fits itself.
    """
    vocals, music = (escape(title) for title in mashup.pair(fit, titles))
    pair = (
        f"<b>{vocals}</b> alone, rearranged"
        if mashup.is_edit(fit)
        else f"Vocals of <b class='deck-a'>{vocals}</b> over <b class='deck-b'>{music}</b>"
    )
    source = "the separated stems" if measured_on == "stems" else "the whole songs"
    parts = "".join(_part(part) for part in fit.parts)
    changes = escape(" · ".join(mashup.changes(fit)))
    points, grade = mashup.points(fit.score), mashup.grade(fit.score)
    label, score, summary = (
        ("One song alone", "", changes)
        if mashup.is_edit(fit)
        else (
            f"Fit: {points} of 100",
            f'<p class="score"><b>{points}</b><span>of 100</span></p>',
            f"{grade} · {changes}",
        )
    )
    st.html(
        f'<section class="fit" aria-label="{label}">{score}'
        f'<div class="who"><p class="pair">{pair}</p>'
        f'<p class="grade">{summary}</p></div>'
        f'<dl class="parts">{parts}</dl>'
        f'<p class="on">Measured on {source}.</p></section>'
    )


def other_fits(fits: Sequence[PairFit], titles: Titles) -> None:
    """List all other pairs, best first."""
    if not fits:
        return
    rows = "".join(_row(fit, titles) for fit in fits)
    count = counted(len(fits), "other pair")
    st.html(
        f'<details class="fits"><summary>{count}</summary><ol aria-label="Other pairs">{rows}</ol>'
        "</details>"
    )


def _part(part: FitPart) -> str:
    name, tooltip = mashup.PARTS[part.name], mashup.PART_HELP[part.name]
    share = max(2, round(100 * part.score))
    return (
        f'<div><dt title="{escape(tooltip, quote=True)}">{name}</dt>'
        f'<dd><span class="bar" aria-hidden="true"><i style="width:{share}%"></i></span>'
        f'<span class="points">{mashup.points(part.score)}</span>'
        f"<span class='reason'>{escape(part.reason)}</span></dd></div>"
    )


def _row(fit: PairFit, titles: Titles) -> str:
    return (
        f"<li><b>{mashup.points(fit.score)}</b>"
        f"<span class='reason'>{escape(mashup.pair_summary(fit, titles))}</span></li>"
    )
