"""Fields to change one join: kind, length, where to leave and enter the tracks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import streamlit as st

from backend.app.contract.analysis import Cue
from backend.app.contract.dj import KINDS, PairChoice, TransitionKind
from frontend.error_messages import escaped
from frontend.labels import transitions
from frontend.labels.figures import clock_tenths
from frontend.state.joins import Join

BARS = ("2", "4", "8", "16", "32")
#: Kinds of joins without an overlap have no length to choose.
WITHOUT_LENGTH = ("cut", "gap")
AUTOMATIC = "Automatic"
EXACT = "Exact time…"


def ask_choice(join: Join, *, stem_swaps: bool) -> PairChoice:
    """Ask for all parts of a change; each may stay automatic."""
    kind = ask_kind(join, stem_swaps=stem_swaps)
    has_length = kind not in WITHOUT_LENGTH
    bars = ask_pill("Length in bars", f"bars_{join.index}", BARS) if has_length else None
    out, into = join.outgoing_analysis, join.incoming_analysis
    left, right = st.columns(2)
    with left:
        out_at_s = ask_point(
            f"Leave {join.outgoing.title or 'the first track'} at",
            f"out_{join.index}",
            out.cue_outs if out else [],
            now_s=join.left_at_s,
            length_s=out.duration_s if out else join.outgoing.source_end_s,
        )
    with right:
        in_at_s = ask_point(
            f"Enter {join.incoming.title or 'the second track'} at",
            f"in_{join.index}",
            into.cue_ins if into else [],
            now_s=join.entered_at_s,
            length_s=into.duration_s if into else join.incoming.source_end_s,
        )
    outgoing, incoming = join.pair
    return PairChoice(
        outgoing=outgoing,
        incoming=incoming,
        kind=kind,
        bars=int(bars) if bars else None,
        out_at_s=out_at_s,
        in_at_s=in_at_s,
    )


def ask_kind(join: Join, *, stem_swaps: bool) -> TransitionKind | None:
    """Ask for the kind of a join, and explain the chosen one."""
    kinds = [kind for kind in KINDS if stem_swaps or kind != "stem_swap"]
    kind = cast("TransitionKind | None", ask_pill("Kind", f"kind_{join.index}", kinds))
    now = transitions.kind(join.view.kind).lower()
    st.caption(transitions.KIND_HELP[kind] if kind else f"Now: {now}.")
    return kind


def ask_pill(label: str, key: str, options: Sequence[str]) -> str | None:
    """Ask for a kind or a length; None means automatic."""
    chosen = st.pills(
        label,
        [AUTOMATIC, *options],
        default=AUTOMATIC,
        required=True,
        format_func=lambda one: transitions.KINDS.get(one, one),
        key=key,
    )
    return None if chosen == AUTOMATIC else chosen


def ask_point(
    label: str, key: str, cues: Sequence[Cue], *, now_s: float, length_s: float
) -> float | None:
    """Ask for a cue point or an exact time."""
    by_name = {cue_name(cue): cue.at_s for cue in sorted(cues, key=lambda cue: cue.at_s)}
    chosen = st.selectbox(escaped(label), [AUTOMATIC, *by_name, EXACT], key=key)
    if chosen != EXACT:
        st.caption(f"Now at {clock_tenths(now_s)}")
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
    """Name a cue point by its time and reason."""
    on_phrase = ", on the phrase" if cue.on_phrase else ""
    return f"{clock_tenths(cue.at_s)} — {cue.reason}{on_phrase}"
