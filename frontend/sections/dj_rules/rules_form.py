"""Form for the DJ rules, with the allowed range of each."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.dj import KINDS, DjRules
from frontend.components.arc_editor import POINTS, arc_editor
from frontend.labels import dj, transitions
from frontend.sections.shared.form_fields import choose_one

RETURNS = {0: "Immediately", 4: "4 bars", 8: "8 bars", 16: "16 bars", 32: "32 bars"}
LENGTHS = {8: "8 bars", 16: "16 bars", 32: "32 bars"}
PITCHES = {0: "None", 1: "1 semitone", 2: "2 semitones"}

#: Some of the DJ rules, by name.
Asked = dict[str, object]


def ask_rules(rules: DjRules, key: str) -> DjRules:
    """Ask for the DJ rules; ``key`` names the version that the form starts from.

    Raise ``ValidationError`` if the answers are invalid, such as no allowed kind of transition.
    """
    asked = rules.model_dump()
    for ask in (ask_tempo, ask_joins, ask_sound, ask_arc):
        asked |= ask(rules, key)
    return DjRules.model_validate(asked)


def ask_tempo(rules: DjRules, key: str) -> Asked:
    """Ask how far tempo and pitch may change."""
    st.subheader("Tempo and pitch", anchor=False)
    left, right = st.columns(2)
    stretch = left.slider(
        "Maximum tempo change",
        0.0,
        8.0,
        rules.max_stretch_percent,
        0.5,
        format="%.1f %%",
        key=f"{key} stretch",
        help="DJs nearly always stay below 5 %; above 6 % drums begin to smear.",
    )
    with right:
        pitch = choose_one(
            "Maximum pitch change", PITCHES, f"{key} pitch", default=rules.max_pitch_semitones
        )
    returns = choose_one(
        "Return to its own tempo within", RETURNS, f"{key} return", default=rules.return_bars
    )
    return {"max_stretch_percent": stretch, "max_pitch_semitones": pitch, "return_bars": returns}


def ask_joins(rules: DjRules, key: str) -> Asked:
    """Ask which kinds of transition are allowed, and their limits."""
    st.subheader("Transitions", anchor=False)
    kinds = st.pills(
        "Allowed kinds",
        list(KINDS),
        default=rules.allowed_kinds,
        selection_mode="multi",
        format_func=transitions.KINDS.__getitem__,
        key=f"{key} kinds",
    )
    if not kinds:
        st.caption(":red[:material/error:] Allow at least one kind of transition.")
    bars = choose_one("Preferred length", LENGTHS, f"{key} bars", default=rules.preferred_bars)
    left, right = st.columns(2)
    voices = left.number_input(
        "Maximum overlap of two singers (seconds)",
        0.0,
        60.0,
        rules.max_vocal_overlap_s,
        0.5,
        format="%.1f",
        key=f"{key} voices",
    )
    trim = right.slider(
        "Maximum part of a track to skip",
        0,
        80,
        round(100 * rules.max_trim_share),
        5,
        format="%d %%",
        key=f"{key} trim",
    )
    whole = st.toggle("Never leave out any of a track", rules.keep_whole, key=f"{key} whole")
    return {
        "allowed_kinds": kinds,
        "preferred_bars": bars,
        "max_vocal_overlap_s": voices,
        "max_trim_share": trim / 100,
        "keep_whole": whole,
    }


def ask_sound(rules: DjRules, key: str) -> Asked:
    """Ask for the loudness, and for sounds over transitions."""
    st.subheader("Sound", anchor=False)
    left, right = st.columns(2)
    loudness = left.slider(
        "Default loudness",
        -24.0,
        -9.0,
        rules.loudness_lufs,
        0.5,
        format="%.1f LUFS",
        key=f"{key} loudness",
    )
    with right:
        overlays = choose_one(
            "Sounds over transitions", dj.OVERLAYS, f"{key} overlays", default=rules.overlays
        )
    return {"loudness_lufs": loudness, "overlays": overlays}


def ask_arc(rules: DjRules, key: str) -> Asked:
    """Ask for the energy curve of sets that Segue puts in order."""
    st.subheader("Energy over a set", anchor=False)
    named = rules.energy_arc if isinstance(rules.energy_arc, str) else "drawn"
    start = POINTS if isinstance(rules.energy_arc, str) else rules.energy_arc
    arc = choose_one("Default curve", dj.ARCS, f"{key} arc", default=named)
    points = arc_editor(arc, start, key=f"{key} curve")
    return {"energy_arc": points if arc == "drawn" else arc}
