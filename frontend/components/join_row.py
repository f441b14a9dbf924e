"""One join of a mix as text: who into whom, when, how, how well, and why so."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.dj import RungView, TransitionReport

from .. import dj_words
from ..joins import Join, figures, more_figures
from ..words import clock


def join_row(join: Join) -> None:
    """Show a join; titles are escaped, for they come from strangers' tags."""
    label = escape(f"Join {join.index + 1}: {join.names}", quote=True)
    st.html(
        f'<div class="join" role="group" aria-label="{label}">'
        f"{_head(join)}{_figures(figures(join))}"
        f'<p class="why">{escape(join.view.reason)}</p>{_more(join.report)}</div>'
    )


def _head(join: Join) -> str:
    view = join.view
    long = dj_words.bars(view.bars) if view.bars else f"{view.end_s - view.start_s:.1f} s"
    out, into = (escape(clip.title or "Untitled") for clip in (join.outgoing, join.incoming))
    return (
        f'<div class="head"><span class="when">{clock(view.start_s)}</span>'
        f'<span class="pair"><b class="{_deck(join.index)}">{out}</b>'
        f'<span class="into" aria-label="into">→</span>'
        f'<b class="{_deck(join.index + 1)}">{into}</b></span>'
        f'<span class="long">{dj_words.kind(view.kind)}, {long}</span></div>'
    )


def _figures(pairs: Sequence[tuple[str, str]]) -> str:
    if not pairs:
        return ""
    cells = "".join(f"<div><dt>{a}</dt><dd>{escape(b)}</dd></div>" for a, b in pairs)
    return f'<dl class="figures">{cells}</dl>'


def _more(report: TransitionReport | None) -> str:
    if report is None:
        return ""
    rungs = "".join(_rung(rung) for rung in report.ladder)
    ladder = f'<ol class="ladder">{rungs}</ol>' if rungs else ""
    return (
        f"<details><summary>Other ways, and more figures</summary>{ladder}"
        f"{_figures(more_figures(report))}</details>"
    )


def _rung(rung: RungView) -> str:
    mark, word = ("✓", "taken") if rung.taken else ("–", "not taken")
    taken = ' class="taken"' if rung.taken else ""
    why = "" if rung.taken else f'<span class="reason">{escape(rung.reason)}</span>'
    return (
        f'<li{taken}><span role="img" aria-label="{word}">{mark}</span>'
        f"<b>{dj_words.kind(rung.kind)}</b>{why}</li>"
    )


def _deck(place: int) -> str:
    return "deck-b" if place % 2 else "deck-a"
