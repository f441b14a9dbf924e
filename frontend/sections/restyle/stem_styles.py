"""Fields for each stem's style: original, left out, or replayed with a sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from backend.app.contract.restyles import StemStyle
from backend.app.contract.sounds import SoundView
from backend.app.contract.stems import StemName
from frontend.components.players.track_sound import track_sound
from frontend.labels import figures
from frontend.labels import sounds as sound_labels
from frontend.labels.restyle import CHOICES, KEEP, OFF, STYLE
from frontend.sections.shared.form_fields import choose_one
from frontend.state import session

PERCENT = range(0, 205, 5)
FULL = 100


#: Style by stem; None while no sound is chosen for it.
Styles = Mapping[StemName, StemStyle | None]


def ask_styles(stems: Sequence[StemName]) -> Styles:
    """Ask for the style of each stem."""
    sounds = sorted(session.api().sounds(), key=lambda sound: sound.kind != "style")
    if not sounds:
        ask_for_sounds()
    with st.container(key="stem_styles", gap=None):
        return {stem: ask_style(stem, sounds) for stem in stems}


def ask_for_sounds() -> None:
    """If the user has no sounds, link to the Sounds page: a replay needs one."""
    with st.container(border=True, key="no_sounds"):
        st.markdown("**No sounds yet.** A stem is replayed with grains of one of your sounds.")
        st.page_link(
            "views/sounds.py",
            label="Add sounds",
            icon=":material/library_music:",
            query_params={"kind": "style"},
        )


def ask_style(stem: StemName, sounds: Sequence[SoundView]) -> StemStyle | None:
    """Ask for the style of one stem; None while no sound is chosen."""
    available: Mapping[str, str] = CHOICES if sounds else {one: CHOICES[one] for one in (KEEP, OFF)}
    with st.container(key=f"row_{stem}"):
        name, way, level = st.columns([2, 5, 4], vertical_alignment="center")
        name.markdown(f"**{figures.STEMS[stem]}**")
        with way:
            choice = choose_one(
                f"Style of {figures.STEMS[stem].lower()}",
                available,
                f"restyle_{stem}",
                label_visibility="collapsed",
            )
        percent = FULL if choice == OFF else ask_volume(stem, level)
        sound_id = ask_sound(stem, sounds) if choice == STYLE else None
    if choice == STYLE and sound_id is None:
        return None
    return StemStyle(enabled=choice != OFF, sound_id=sound_id, volume=percent / 100)


def ask_volume(stem: StemName, place: st.delta_generator.DeltaGenerator) -> int:
    """Ask for a stem's volume, in percent of the original."""
    return place.select_slider(
        f"Volume of {figures.STEMS[stem].lower()}",
        list(PERCENT),
        value=FULL,
        format_func=lambda percent: f"Volume {percent} %",
        key=f"restyle_{stem}_volume",
        label_visibility="collapsed",
        persist_state="session",
    )


def ask_sound(stem: StemName, sounds: Sequence[SoundView]) -> str | None:
    """Ask for a sound, with a player."""
    by_id = {sound.id: sound for sound in sounds}
    options = figures.deduplicate_titles({sound.id: option(sound) for sound in sounds})
    _, which, player = st.columns([2, 5, 4], vertical_alignment="center")
    chosen = which.selectbox(
        f"Sound for {figures.STEMS[stem].lower()}",
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
    """Name a sound for the menu."""
    key = f" · {sound.key}" if sound.key else ""
    return f"{sound.name} · {sound_labels.KINDS[sound.kind]} · {sound.duration_s:.1f} s{key}"
