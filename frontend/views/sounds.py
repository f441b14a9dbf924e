"""Sounds: what may be laid over joins, dropped, heard, forgotten."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.sounds import SoundView
from frontend import dj_words, session
from frontend.components.drop_zone import SOUNDS, drop_zone
from frontend.components.track_sound import track_sound
from frontend.problems import escaped

KINDS = {"percussion": "Percussion", "instrument": "Instrument", "vocal": "Voice"}
ICONS = {
    "percussion": ":material/grain:",
    "instrument": ":material/piano:",
    "vocal": ":material/mic:",
}


def view() -> None:
    """The page from top to bottom."""
    st.title("Sounds", anchor=False)
    st.markdown(
        "Shakers, risers, a voice calling: short sounds of your own that a mix may lay over a "
        "join, on the beat and in key."
    )
    drop_sounds()
    sounds = session.api().sounds()
    with st.container(key="sounds", gap=None):
        for sound in sounds:
            show_sound(sound)
    if not sounds:
        st.caption("No sound yet. Mixes are joined without any until you drop some.")


def drop_sounds() -> None:
    """What kind the next files are of, and where they are dropped."""
    kind = st.segmented_control(
        "What are they?",
        list(KINDS),
        default="percussion",
        required=True,
        format_func=KINDS.__getitem__,
        key="sound_kind",
    )
    dropped = drop_zone(
        SOUNDS,
        lead=f"Drop sounds here: {KINDS[kind].lower()}",
        detail="Up to a minute each. Silence at the ends is cut, the level is evened out.",
        token=session.api().access_token(),
        upload_id=None,
        draft=0,
        fields={"kind": kind},
    )
    if dropped.token_expired:
        session.api().renew()
        st.rerun()


def show_sound(sound: SoundView) -> None:
    """One sound: what it is, how it sounds, and the way out."""
    with st.container(key=f"row_{sound.id}"):
        words, player, out = st.columns([5, 6, 2], vertical_alignment="center")
        with words:
            st.markdown(f"**{escaped(sound.name)}**  \n{facts(sound)}")
        with player:
            track_sound(sound.id, f"/sounds/{sound.id}/audio", name=sound.name)
        with out, st.popover("Delete", icon=":material/delete:", type="tertiary"):
            st.markdown("Mixes that already use it keep it.")
            st.button(
                "Delete for good",
                key=f"delete_{sound.id}",
                type="primary",
                on_click=session.api().delete_sound,
                args=(sound.id,),
            )


def facts(sound: SoundView) -> str:
    """Kind, length, tempo and key in one line; what a sound does not have is left out."""
    loop = f"loop of {sound.beats} beats" if sound.beats else "one hit"
    parts = [
        f"{ICONS[sound.kind]} {KINDS[sound.kind]}",
        f"{sound.duration_s:.1f} s",
        f"{sound.tempo_bpm:.1f} BPM, {loop}" if sound.tempo_bpm else loop,
        f"{dj_words.camelot(sound.key)} · {sound.key}" if sound.key else "",
    ]
    return " · ".join(part for part in parts if part)


view()
