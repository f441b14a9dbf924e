"""What becomes of each stem: kept, left out, or re-played with a sound of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from backend.app.contract.restyles import StemStyle
from backend.app.contract.sounds import SoundView
from backend.app.contract.stems import StemName
from frontend import session, sound_words, words
from frontend.components.track_sound import track_sound
from frontend.restyle_words import CHOICES, KEEP, OFF, STYLE, volume

PERCENT = range(0, 205, 5)
FULL = 100


@dataclass(frozen=True, slots=True)
class StemWishes:
    """What becomes of the stems, and those that are to be re-played with a sound not chosen yet."""

    styles: dict[StemName, StemStyle]
    without_sound: list[StemName]


def ask_styles(stems: Sequence[StemName]) -> StemWishes:
    """A row for each stem; those that are kept as they are need no mention."""
    sounds = in_order(session.api().sounds())
    if not sounds:
        ask_for_sounds()
    with st.container(key="stem_styles", gap=None):
        asked = {stem: ask_style(stem, sounds) for stem in stems}
    given = {stem: style for stem, style in asked.items() if style is not None}
    return StemWishes(
        {stem: style for stem, style in given.items() if style != StemStyle()},
        [stem for stem in asked if stem not in given],
    )


def in_order(sounds: Sequence[SoundView]) -> list[SoundView]:
    """Those that are meant for it first."""
    return sorted(sounds, key=lambda sound: sound.kind != "style")


def ask_for_sounds() -> None:
    """Without a sound there is nothing to re-play a stem with."""
    with st.container(border=True, key="no_sounds"):
        st.markdown("**You have no sound yet.** A stem is re-played with grains of one of yours.")
        st.page_link("views/sounds.py", label="Drop some sounds", icon=":material/library_music:")


def ask_style(stem: StemName, sounds: Sequence[SoundView]) -> StemStyle | None:
    """One stem; None while the sound is missing that it is to be re-played with."""
    with st.container(key=f"row_{stem}"):
        name, way, level = st.columns([2, 5, 4], vertical_alignment="center")
        name.markdown(f"**{words.STEMS[stem]}**")
        choice = way.segmented_control(
            f"What becomes of {words.STEMS[stem].lower()}",
            list(CHOICES) if sounds else [KEEP, OFF],
            default=KEEP,
            required=True,
            format_func=CHOICES.__getitem__,
            key=f"restyle_{stem}",
            label_visibility="collapsed",
            persist_state="session",
        )
        percent = FULL if choice == OFF else ask_volume(stem, level)
        sound_id = ask_sound(stem, sounds) if choice == STYLE else None
    if choice == STYLE and sound_id is None:
        return None
    return StemStyle(enabled=choice != OFF, sound_id=sound_id, volume=percent / 100)


def ask_volume(stem: StemName, place: st.delta_generator.DeltaGenerator) -> int:
    """How loud, beside how loud it was."""
    return place.select_slider(
        f"Volume of {words.STEMS[stem].lower()}",
        list(PERCENT),
        value=FULL,
        format_func=lambda percent: f"Volume {volume(percent / 100)}",
        key=f"restyle_{stem}_volume",
        label_visibility="collapsed",
        persist_state="session",
    )


def ask_sound(stem: StemName, sounds: Sequence[SoundView]) -> str | None:
    """Which sound, to be found by typing, and how it sounds."""
    by_id = {sound.id: sound for sound in sounds}
    options = words.told_apart({sound.id: option(sound) for sound in sounds})
    _, which, player = st.columns([2, 5, 4], vertical_alignment="center")
    chosen = which.selectbox(
        f"Sound for {words.STEMS[stem].lower()}",
        list(by_id),
        index=None,
        placeholder="Choose a sound",
        format_func=options.__getitem__,
        key=f"restyle_{stem}_sound",
        label_visibility="collapsed",
        persist_state="session",
    )
    if chosen is None:
        return None
    with player:
        track_sound(
            f"restyle_{stem}", f"/sounds/{chosen}/audio", name=by_id[chosen].name, quiet=True
        )
    return chosen


def option(sound: SoundView) -> str:
    """A sound in a line of a menu."""
    key = f" · {sound.key}" if sound.key else ""
    return f"{sound.name} · {sound_words.KINDS[sound.kind]} · {sound.duration_s:.1f} s{key}"
