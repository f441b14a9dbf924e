"""The house rules as a form: each rule with its range, in the order in which a DJ thinks."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.dj import KINDS, DjRules
from frontend import dj_words
from frontend.components.arc_editor import POINTS, arc_editor

RETURNS = {0: "At once", 4: "4 bars", 8: "8 bars", 16: "16 bars", 32: "32 bars"}
LENGTHS = {8: "8 bars", 16: "16 bars", 32: "32 bars"}
PITCHES = {0: "Never", 1: "A semitone", 2: "Two semitones"}


def ask_rules(rules: DjRules, key: str) -> DjRules:
    """The rules as the form has them; ``key`` names the version that it started from.

    Raises
    ------
    ValidationError
        If they make no sense, such as no way to join at all.
    """
    asked = ask_arc(ask_sound(ask_joins(ask_tempo(rules, key), key), key), key)
    return DjRules.model_validate(asked.model_dump())


def ask_tempo(rules: DjRules, key: str) -> DjRules:
    """How far tempo and pitch may be bent."""
    st.subheader("Tempo and pitch", anchor=False)
    left, right = st.columns(2)
    stretch = left.slider(
        "Most change of tempo, in percent",
        0.0,
        8.0,
        rules.max_stretch_percent,
        0.5,
        format="%.1f %%",
        key=f"{key} stretch",
        help="DJs stay under 5 % nearly always; past 6 % drums begin to smear.",
    )
    with right:
        pitch = one_of("Pitch may move by", PITCHES, rules.max_pitch_semitones, f"{key} pitch")
    home = one_of("Home to its own tempo over", RETURNS, rules.return_bars, f"{key} home")
    return rules.model_copy(
        update={"max_stretch_percent": stretch, "max_pitch_semitones": pitch, "return_bars": home}
    )


def ask_joins(rules: DjRules, key: str) -> DjRules:
    """Which joins there are, and what they may cost."""
    st.subheader("Joins", anchor=False)
    kinds = st.pills(
        "Allowed ways to join",
        list(KINDS),
        default=rules.allowed_kinds,
        selection_mode="multi",
        format_func=dj_words.KINDS.__getitem__,
        key=f"{key} kinds",
    )
    if not kinds:
        st.caption(":red[:material/error:] Allow at least one way to join.")
    bars = one_of("Length that is liked best", LENGTHS, rules.preferred_bars, f"{key} bars")
    left, right = st.columns(2)
    voices = left.number_input(
        "Two voices together, at most (seconds)",
        0.0,
        60.0,
        rules.max_vocal_overlap_s,
        0.5,
        format="%.1f",
        key=f"{key} voices",
    )
    trim = right.slider(
        "Part of a track that may be left out",
        0,
        80,
        round(100 * rules.max_trim_share),
        5,
        format="%d %%",
        key=f"{key} trim",
    )
    return rules.model_copy(
        update={
            "allowed_kinds": kinds,
            "preferred_bars": bars,
            "max_vocal_overlap_s": voices,
            "max_trim_share": trim / 100,
        }
    )


def ask_sound(rules: DjRules, key: str) -> DjRules:
    """Loudness, and sounds laid over joins."""
    st.subheader("Sound", anchor=False)
    left, right = st.columns(2)
    loudness = left.slider(
        "Loudness where nobody asks for another",
        -24.0,
        -9.0,
        rules.loudness_lufs,
        0.5,
        format="%.1f LUFS",
        key=f"{key} loudness",
    )
    with right:
        overlays = one_of(
            "Sounds over joins, at most", dj_words.OVERLAYS, rules.overlays, f"{key} overlays"
        )
    return rules.model_copy(update={"loudness_lufs": loudness, "overlays": overlays})


def ask_arc(rules: DjRules, key: str) -> DjRules:
    """How energy moves over a set whose order Segue finds."""
    st.subheader("Energy over a set", anchor=False)
    named = rules.energy_arc if isinstance(rules.energy_arc, str) else "drawn"
    start = POINTS if isinstance(rules.energy_arc, str) else rules.energy_arc
    arc = one_of("Where nobody asks for another", dj_words.ARCS, named, f"{key} arc")
    points = arc_editor(str(arc), start, key=f"{key} curve")
    return rules.model_copy(update={"energy_arc": points if arc == "drawn" else arc})


def one_of(label: str, options: dict[int, str] | dict[str, str], now: object, key: str) -> object:
    """One of a few."""
    return st.segmented_control(
        label,
        list(options),
        default=now,
        required=True,
        format_func=lambda one: options[one],
        key=key,
    )
