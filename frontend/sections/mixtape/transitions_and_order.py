"""Options for transitions and running order: kind, length, energy, planner."""

from __future__ import annotations

from typing import Literal, cast

import streamlit as st

from backend.app.contract.dj import CheckJoins, EnergyArc, NamedArc, OverlayPolicy
from backend.app.contract.sounds import OVERLAY_KINDS
from frontend.components.arc_editor import arc_editor
from frontend.labels import dj
from frontend.sections.shared.form_fields import choose_one
from frontend.sections.shared.separator import SeparatorChoice, ask_separator
from frontend.state import language_model, session
from frontend.state.mixtape_draft import DEFAULT_CROSSFADE_S, Joining

TRANSITIONS = {"dj": "Like a DJ", "crossfade": "Plain crossfade"}
ORDERS = {"given": "My order", "auto": "Find the best order"}
STRATEGISTS: dict[Literal["rules", "llm"], str] = {"rules": "Rules", "llm": "Language model"}
OVERLAYS = {name: dj.OVERLAYS[name] for name in ("sometimes", "never", "always")}
CHECKS: dict[CheckJoins, str] = {
    "default": "Replace bad ones",
    "thorough": "Best of three",
    "off": "Don't listen",
}
DEFAULT_ARC = "default"
ARCS = {DEFAULT_ARC: "Default", **dj.ARCS}


def ask_joining() -> tuple[Joining, str | None]:
    """Ask how to join the tracks; also return what the user must still choose.

    The default is “like a DJ”.
    """
    st.subheader("Transitions and order", anchor=False)
    if choose_one("Transitions", TRANSITIONS, "transitions") == "crossfade":
        st.caption("Each track fades into the next, always over the same time.")
        transition_ms = round(ask_seconds() * 1000)
        return {"transitions": "crossfade", "transition_ms": transition_ms, **ask_order()}, None
    st.caption(
        "Beats matched, bass lines swapped, phrases aligned. If two tracks do not allow it, "
        "Segue uses another kind of transition and says why."
    )
    joining: Joining = {"transitions": "dj", **ask_order()}
    joining["strategist"], joining["overlays"] = ask_strategist(), ask_overlays()
    joining["check_joins"] = ask_checks()
    if ask_keep_whole():
        joining["keep_whole"] = True
    separator = ask_stem_swaps()
    if separator is None:
        return joining, None
    joining["stem_model"] = separator.model
    joining["weights_notice_accepted"] = separator.notice_accepted
    return joining, separator.missing


def ask_seconds() -> float:
    """Ask for the length of plain crossfades."""
    return st.slider(
        "Crossfade in seconds",
        0.0,
        30.0,
        DEFAULT_CROSSFADE_S,
        0.5,
        format="%.1f",
        key="crossfade_s",
        persist_state="session",
        help="How long two tracks overlap; at most half of the shorter one.",
    )


def ask_order() -> Joining:
    """Ask for the running order: the user's own, or one along an energy curve."""
    if choose_one("Order", ORDERS, "order") == "given":
        return {"order": "given"}
    st.caption("Pin tracks in the list above to keep their places, such as the opener.")
    return {"order": "auto", "energy_arc": ask_arc()}


def ask_arc() -> EnergyArc | None:
    """Ask for the energy curve of the set; None means the server's default."""
    arc: str = st.pills(
        "Energy over the set",
        list(ARCS),
        default=DEFAULT_ARC,
        required=True,
        format_func=ARCS.__getitem__,
        key="energy_arc",
        persist_state="session",
    )
    if arc == DEFAULT_ARC:
        return None
    points = arc_editor(arc)
    return points if arc == "drawn" else cast("NamedArc", arc)


def ask_strategist() -> Literal["rules", "llm"]:
    """Ask whether rules or a language model plan the transitions.

    The same rules check every plan.
    """
    strategists = language_model.offered(STRATEGISTS)
    if len(strategists) == 1:
        return "rules"
    strategist = choose_one("Transitions planned by", strategists, "strategist")
    if strategist == "llm":
        st.caption(
            "A language model proposes, Segue checks. If its proposals are unusable, the rules "
            "plan instead, and the job says so."
        )
    return strategist


def ask_checks() -> CheckJoins:
    """Ask whether transitions are listened to before the mix is made."""
    return choose_one(
        "Listen to each transition first",
        CHECKS,
        "check_joins",
        help="Segue renders each transition by itself and measures whether the beats are "
        "together, the music stays loud and only one bass plays. A bad one is replaced.",
    )


def ask_stem_swaps() -> SeparatorChoice | None:
    """Ask whether transitions may swap stems, and which separator makes them."""
    wanted = st.toggle(
        "Swap stems where two singers would overlap",
        key="stem_swaps",
        persist_state="session",
        help="Plays one track's vocals over the other's drums and bass, one singer at a time. "
        "Only the seconds round such transitions are separated.",
    )
    return ask_separator("swap_separator") if wanted else None


def ask_keep_whole() -> bool:
    """Ask whether every song must be played to its ends."""
    whole = st.toggle("Keep songs whole", key="keep_whole", persist_state="session")
    st.caption(
        "Every song plays whole, but for up to two seconds at each end, so that a transition can "
        "begin on a beat."
        if whole
        else "A little of a song's beginning and end may be left out where that makes a better "
        "transition: usually up to 10 %, never a chorus or the loudest part."
    )
    return whole


def ask_overlays() -> OverlayPolicy | None:
    """Ask whether transitions may play the user's sounds, if there are any."""
    count = sum(sound.kind in OVERLAY_KINDS for sound in session.api().sounds())
    if not count:
        st.page_link(
            "views/sounds.py",
            label="Add sounds to play over transitions",
            icon=":material/library_music:",
            query_params={"kind": "percussion"},
        )
        return None
    sounds = "your sound" if count == 1 else f"one of your {count} sounds"
    policy = choose_one(
        "Sounds over transitions", OVERLAYS, "overlays", help=f"A transition may play {sounds}."
    )
    return cast("OverlayPolicy", policy)
