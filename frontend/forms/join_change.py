"""What a person wants of one join: its kind, its length, where to leave and where to come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import streamlit as st

from backend.app.contract.analysis import Cue, TrackAnalysis
from backend.app.contract.dj import KINDS, PairChoice, TransitionKind
from frontend import dj_words
from frontend.joins import Join
from frontend.problems import escaped
from frontend.words import clock

BARS = ("2", "4", "8", "16", "32")
#: Kinds without an overlap have no length to choose.
WITHOUT_LENGTH = ("cut", "gap")
OPEN = "Leave it to Segue"
EXACTLY = "Exactly at…"


def ask_choice(join: Join, *, stem_swaps: bool) -> PairChoice:
    """What is chosen; all of it may be left to Segue."""
    kind = ask_kind(join, stem_swaps=stem_swaps)
    bars = None if kind in WITHOUT_LENGTH else ask_bars(join)
    left, right = st.columns(2)
    with left:
        out_at_s = ask_point(
            f"Leave {join.outgoing.title or 'the first'} at",
            f"out_{join.index}",
            points(join.heard_outgoing, leaving=True),
            now_s=join.left_at_s,
            length_s=length_of(join.heard_outgoing, join.outgoing.source_end_s),
        )
    with right:
        in_at_s = ask_point(
            f"Come into {join.incoming.title or 'the second'} at",
            f"in_{join.index}",
            points(join.heard_incoming, leaving=False),
            now_s=join.entered_at_s,
            length_s=length_of(join.heard_incoming, join.incoming.source_end_s),
        )
    outgoing, incoming = join.pair
    return PairChoice(
        outgoing=outgoing,
        incoming=incoming,
        kind=kind,
        bars=bars,
        out_at_s=out_at_s,
        in_at_s=in_at_s,
    )


def ask_kind(join: Join, *, stem_swaps: bool) -> TransitionKind | None:
    """The way to join; what it does is said below."""
    kinds = [kind for kind in KINDS if stem_swaps or kind != "stem_swap"]
    chosen = st.pills(
        "How",
        [OPEN, *kinds],
        default=OPEN,
        required=True,
        format_func=lambda one: dj_words.KINDS.get(one, one),
        key=f"kind_{join.index}",
    )
    kind = None if chosen == OPEN else cast("TransitionKind", chosen)
    now = dj_words.kind(join.view.kind).lower()
    st.caption(dj_words.WHAT_KINDS_DO[kind] if kind else f"Now: {now}.")
    return kind


def ask_bars(join: Join) -> int | None:
    """How long both sound together."""
    chosen = st.pills(
        "Length in bars",
        [OPEN, *BARS],
        default=OPEN,
        required=True,
        key=f"bars_{join.index}",
    )
    return None if chosen == OPEN else int(chosen)


def points(analysis: TrackAnalysis | None, *, leaving: bool) -> list[Cue]:
    """The moments at which a DJ would leave, or come in, in the order of the track."""
    if analysis is None:
        return []
    return sorted(analysis.cue_outs if leaving else analysis.cue_ins, key=lambda cue: cue.at_s)


def length_of(analysis: TrackAnalysis | None, otherwise_s: float) -> float:
    """How long a track is, as far as it is known."""
    return analysis.duration_s if analysis else otherwise_s


def ask_point(
    label: str, key: str, cues: Sequence[Cue], *, now_s: float, length_s: float
) -> float | None:
    """One of the moments that fit, or any to the hundredth of a second."""
    by_name = {cue_name(cue): cue.at_s for cue in cues}
    chosen = st.selectbox(escaped(label), [OPEN, *by_name, EXACTLY], key=key)
    if chosen != EXACTLY:
        st.caption(f"Now at {clock(now_s)}.{int(now_s * 10) % 10}")
        return by_name.get(chosen)
    return float(
        st.number_input(
            "Seconds",
            0.0,
            max(length_s, now_s),
            value=round(now_s, 2),
            step=0.01,
            format="%.2f",
            key=f"{key}_exact",
            label_visibility="collapsed",
        )
    )


def cue_name(cue: Cue) -> str:
    """When, and why there."""
    on_phrase = ", on the phrase" if cue.on_phrase else ""
    return f"{clock(cue.at_s)}.{int(cue.at_s * 10) % 10} — {cue.reason}{on_phrase}"
