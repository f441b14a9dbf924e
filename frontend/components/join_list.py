"""The joins of a mix as a list: outgoing and incoming track, when, how long, why."""

from __future__ import annotations

from html import escape

import streamlit as st

from backend.app.contract.mixes import TimelineView, TransitionView

from ..words import clock

KINDS = {"crossfade": "Crossfade", "cut": "Cut", "hard_cut": "Cut"}


def join_list(timeline: TimelineView) -> None:
    """Show every join; titles are escaped, for they come from strangers' tags."""
    rows = "".join(_row(timeline, join) for join in timeline.transitions)
    st.html(f'<ol class="joins" aria-label="Transitions">{rows}</ol>')


def _row(timeline: TimelineView, join: TransitionView) -> str:
    outgoing = timeline.clips[join.outgoing].title or "Untitled"
    incoming = timeline.clips[join.incoming].title or "Untitled"
    kind = KINDS.get(join.kind, join.kind.replace("_", " ").capitalize())
    return (
        f'<li><span class="when">{clock(join.start_s)}</span>'
        f'<span class="pair"><b class="{_deck(join.outgoing)}">{escape(outgoing)}</b>'
        f'<span class="into" aria-label="into">→</span>'
        f'<b class="{_deck(join.incoming)}">{escape(incoming)}</b></span>'
        f'<span class="long">{kind}, {join.end_s - join.start_s:.1f} s</span>'
        f'<span class="why">{escape(join.reason)}</span></li>'
    )


def _deck(clip: int) -> str:
    return "deck-b" if clip % 2 else "deck-a"
