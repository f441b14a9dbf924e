"""Show one transition of a mix as text: tracks, time, kind, figures, reason."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from backend.app.contract.dj import RungView, TransitionReport

from ...labels import transitions
from ...labels.figures import clock, counted
from ...state.joins import Join


def join_row(join: Join) -> None:
    """Show a transition; titles are escaped, since they come from file tags."""
    report = join.report
    figures = transitions.main_figures(report, *join.harmonies) if report else []
    label = escape(f"Transition {join.index + 1}: {join.names}", quote=True)
    st.html(
        f'<div class="join" role="group" aria-label="{label}">'
        f"{_head(join)}{_figures(figures)}"
        f'<p class="why">{escape(join.view.reason)}</p>{_more(join.report)}</div>'
    )


def _head(join: Join) -> str:
    view = join.view
    length = counted(view.bars, "bar") if view.bars else f"{view.end_s - view.start_s:.1f} s"
    out, into = (escape(clip.title or "Untitled") for clip in (join.outgoing, join.incoming))
    return (
        f'<div class="head"><span class="when">{clock(view.start_s)}</span>'
        f'<span class="pair"><b class="{_deck(join.index)}">{out}</b>'
        f'<span class="into" aria-label="into">→</span>'
        f'<b class="{_deck(join.index + 1)}">{into}</b></span>'
        f'<span class="long">{transitions.kind(view.kind)}, {length}</span></div>'
    )


def _figures(pairs: Sequence[tuple[str, str]]) -> str:
    if not pairs:
        return ""
    cells = "".join(f"<div><dt>{a}</dt><dd>{escape(b)}</dd></div>" for a, b in pairs)
    return f'<dl class="figures">{cells}</dl>'


def _more(report: TransitionReport | None) -> str:
    if report is None:
        return ""
    rows = "".join(_option(option) for option in report.ladder)
    options = f'<ol class="options">{rows}</ol>' if rows else ""
    return (
        f"<details><summary>Alternatives and details</summary>{options}"
        f"{_figures(transitions.more_figures(report))}</details>"
    )


def _option(option: RungView) -> str:
    mark, word = ("✓", "used") if option.taken else ("–", "not used")
    used = ' class="used"' if option.taken else ""
    why = "" if option.taken else f'<span class="reason">{escape(option.reason)}</span>'
    return (
        f'<li{used}><span role="img" aria-label="{word}">{mark}</span>'
        f"<b>{transitions.kind(option.kind)}</b>{why}</li>"
    )


def _deck(place: int) -> str:
    return "deck-b" if place % 2 else "deck-a"
