"""Sounds: dropped by kind, found again, heard, looked at from close, forgotten."""

from __future__ import annotations

from typing import cast

import streamlit as st

from backend.app.contract.sounds import SoundKind, SoundView
from frontend import session, sound_words
from frontend.components.drop_zone import SOUNDS, drop_zone
from frontend.components.sound_picture import sound_picture
from frontend.components.track_sound import track_sound
from frontend.problems import escaped
from frontend.sound_words import KINDS

#: So many rows are drawn at once: a screen or two, and a player in each of them.
ROWS = 20
ALL = "all"
#: The sound that is looked at from close.
OPEN = session.Key[str]("open_sound")


def view() -> None:
    """The page from top to bottom."""
    st.title("Sounds", anchor=False)
    st.markdown(
        "Short sounds of your own. The DJ may lay them over a join, on the beat and in key; "
        "a restyle re-plays a song's stems with grains of them."
    )
    drop_sounds()
    sounds = session.api().sounds()
    if not sounds:
        st.caption(
            "No sound yet. Mixes are joined without any until you drop some, "
            "and a restyle needs at least one."
        )
        return
    list_sounds(sounds)


def drop_sounds() -> None:
    """What kind the next files are of, and where they are dropped."""
    kind = st.segmented_control(
        "What are the next ones?",
        list(KINDS),
        default="style",
        required=True,
        format_func=sound_words.kind,
        key="sound_kind",
    )
    st.caption(sound_words.USES[kind])
    dropped = drop_zone(
        SOUNDS,
        lead=f"Drop sounds here: {KINDS[kind].lower()}",
        detail="As many as you like, up to a minute each. "
        "Silence at the ends is cut, the level is evened out.",
        token=session.api().access_token(),
        upload_id=None,
        draft=0,
        fields={"kind": kind},
    )
    if dropped.token_expired:
        session.api().renew()
        st.rerun()


def list_sounds(sounds: list[SoundView]) -> None:
    """The library, a page of it at a time."""
    st.subheader("Your sounds", anchor=False)
    kind, text = ask_which(sounds)
    found = sound_words.found(sounds, kind, text)
    if not found:
        st.caption("No sound of yours is like that.")
    n_pages = max(1, -(-len(found) // ROWS))
    page = st.session_state.get(pages_key(kind, text, n_pages), 1)
    with st.container(key="sounds", gap=None):
        for sound in found[(page - 1) * ROWS : page * ROWS]:
            show_sound(sound)
    if n_pages > 1:
        st.pagination(n_pages, key=pages_key(kind, text, n_pages))


def ask_which(sounds: list[SoundView]) -> tuple[SoundKind | None, str]:
    """A kind, and words of the name."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="sounds_filter"):
        kind = st.pills(
            "Show",
            [ALL, *KINDS],
            default=ALL,
            required=True,
            format_func=lambda kind: counted(sounds, kind),
            key="sounds_shown",
            label_visibility="collapsed",
        )
        text = st.text_input(
            "Find by name",
            key="sounds_found",
            placeholder="Find by name",
            icon=":material/search:",
            label_visibility="collapsed",
            width=260,
        )
    return None if kind == ALL else cast("SoundKind", kind), text or ""


def counted(sounds: list[SoundView], name: str) -> str:
    """A kind, or all of them, with how many there are."""
    if name == ALL:
        return f"All {len(sounds)}"
    kind = cast("SoundKind", name)
    return f"{sound_words.kind(kind)} {len(sound_words.found(sounds, kind, ''))}"


def pages_key(kind: SoundKind | None, text: str, n_pages: int) -> str:
    """Every selection begins on its first page."""
    return f"sounds page {kind} {text} of {n_pages}"


def show_sound(sound: SoundView) -> None:
    """One sound: what it is, how it sounds, the way in and the way out."""
    is_open = OPEN.get() == sound.id
    with st.container(key=f"row_{sound.id}"):
        words, player, actions = st.columns([5, 5, 3], vertical_alignment="center")
        words.markdown(f"**{escaped(sound.name)}**  \n{sound_words.facts(sound)}")
        if not is_open:
            with player:
                track_sound(sound.id, f"/sounds/{sound.id}/audio", name=sound.name, quiet=True)
        with actions, st.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                "Close" if is_open else "Look closer",
                key=f"look_{sound.id}",
                type="tertiary",
                icon=":material/unfold_less:" if is_open else ":material/graphic_eq:",
                on_click=look,
                args=(sound.id,),
            )
            ask_delete(sound)
        if is_open:
            show_detail(sound)


def look(sound_id: str) -> None:
    """Open a sound, or close the open one."""
    if OPEN.get() == sound_id:
        OPEN.drop()
    else:
        OPEN.put(sound_id)


def ask_delete(sound: SoundView) -> None:
    """Delete, after a second thought."""
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown("What already uses it keeps it.")
        st.button(
            "Delete for good",
            key=f"delete_{sound.id}",
            type="primary",
            on_click=session.api().delete_sound,
            args=(sound.id,),
        )


def show_detail(sound: SoundView) -> None:
    """The sound from close: its picture and its figures."""
    detail = session.api().sound_detail(sound.id)
    sound_picture(detail)
    note, how = sound_words.pitch(detail)
    with st.container(horizontal=True, key=f"figures_{sound.id}"):
        st.metric("Pitch", note)
        st.metric("Length", f"{sound.duration_s:.2f} s")
        st.metric("Onsets", len(detail.onsets_s))
        if sound.tempo_bpm:
            st.metric("Tempo", f"{sound.tempo_bpm:.1f} BPM")
        if sound.key:
            st.metric("Key", sound.key)
    st.caption(f"Pitch: {how}.")


view()
