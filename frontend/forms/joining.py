"""How tracks are to follow each other: the kind of join, the order, who decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

import streamlit as st

from backend.app.contract.dj import EnergyArc, NamedArc, OverlayPolicy
from backend.app.contract.sounds import OVERLAY_KINDS
from frontend import dj_words, session
from frontend.components.arc_editor import arc_editor
from frontend.draft import DEFAULT_CROSSFADE_S, Joining
from frontend.forms.separator import ask_separator

TRANSITIONS = {"dj": "Like a DJ", "crossfade": "Plain crossfade"}
ORDERS = {"given": "As I put them", "auto": "Find the best"}
STRATEGISTS = {"rules": "Rules", "llm": "Language model"}
OVERLAYS = {name: dj_words.OVERLAYS[name] for name in ("sometimes", "never", "always")}
HOUSE = "house"
ARCS = {HOUSE: "As the house likes it", **dj_words.ARCS}


def ask_joining() -> Joining:
    """Like a DJ by default; a plain crossfade asks for its length and no more."""
    st.subheader("How to join", anchor=False)
    transitions = choice("Joins", TRANSITIONS, "transitions")
    if transitions == "crossfade":
        st.caption("Each track fades into the next, the same length everywhere.")
        plain = Joining("crossfade", crossfade_s=ask_seconds())
        return ask_order(plain)
    st.caption(
        "Beats matched, basses swapped, from phrase to phrase. Where two tracks do not allow it, "
        "Segue takes the next best way and says why."
    )
    joining = ask_order(Joining())
    joining = replace(joining, strategist=ask_strategist(), overlays=ask_overlays())
    return ask_stem_swaps(joining)


def choice(label: str, options: dict[str, str], key: str, help: str | None = None) -> str:
    """One of a few, the first by default."""
    chosen = st.segmented_control(
        label,
        list(options),
        default=next(iter(options)),
        required=True,
        format_func=options.__getitem__,
        key=key,
        help=help,
        persist_state="session",
    )
    return chosen or next(iter(options))


def ask_seconds() -> float:
    """How long a plain crossfade is."""
    return st.slider(
        "Crossfade in seconds",
        0.0,
        30.0,
        DEFAULT_CROSSFADE_S,
        0.5,
        format="%.1f",
        key="crossfade_s",
        persist_state="session",
        help="How long two tracks sound together. Never longer than either of the two.",
    )


def ask_order(joining: Joining) -> Joining:
    """Whose order it is; one that Segue finds follows a curve of energy."""
    if choice("Order", ORDERS, "order") == "given":
        return joining
    st.caption("A pin in the list above keeps a track in its place: the opener, the closer, any.")
    return replace(joining, order="auto", energy_arc=ask_arc())


def ask_arc() -> EnergyArc | None:
    """How energy moves over the set; None leaves it to the house."""
    arc: str = st.pills(
        "Energy over the set",
        list(ARCS),
        default=HOUSE,
        required=True,
        format_func=ARCS.__getitem__,
        key="energy_arc",
        persist_state="session",
    )
    if arc == HOUSE:
        return None
    drawn = arc_editor(arc)
    return drawn if arc == "drawn" else cast("NamedArc", arc)


def ask_strategist() -> Literal["rules", "llm"]:
    """Who proposes the joins; every proposal is checked by the same rules."""
    if choice("Who proposes the joins", STRATEGISTS, "strategist") == "rules":
        return "rules"
    st.caption(
        "A language model proposes, Segue checks. If none is set up, or it answers badly, the "
        "rules step in and the job says so."
    )
    return "llm"


def ask_stem_swaps(joining: Joining) -> Joining:
    """Whether tracks may be taken apart at their joins, and by whom."""
    wanted = st.toggle(
        "Swap stems where two would sing at once",
        key="stem_swaps",
        persist_state="session",
        help="One track's voice over the other's drums and bass, one singer at a time. Only the "
        "seconds round such joins are taken apart.",
    )
    if not wanted:
        return joining
    chosen = ask_separator("swap_separator")
    return replace(
        joining,
        stem_model=chosen.model,
        weights_notice_accepted=chosen.notice_accepted,
        why_not_yet=chosen.why_not_yet,
    )


def ask_overlays() -> OverlayPolicy | None:
    """Whether sounds of one's own lie over joins; without any there is nothing to ask."""
    count = sum(sound.kind in OVERLAY_KINDS for sound in session.api().sounds())
    if not count:
        st.page_link(
            "views/sounds.py",
            label="Have sounds of your own laid over joins: drop them among your sounds",
            icon=":material/library_music:",
        )
        return None
    sounds = "your sound" if count == 1 else f"one of your {count} sounds"
    return cast(
        "OverlayPolicy",
        choice("Sounds over joins", OVERLAYS, "overlays", help=f"A join may carry {sounds}."),
    )
