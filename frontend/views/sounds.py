"""Sounds page: upload, find, play and delete one's short sounds."""

from __future__ import annotations

from typing import cast

import streamlit as st

from backend.app.contract.sounds import SoundKind, SoundView
from frontend.components.drop_zone import SOUNDS, drop_zone
from frontend.components.players.sound_picture import sound_picture
from frontend.components.players.track_sound import track_sound
from frontend.error_messages import escaped
from frontend.labels import sounds as sound_labels
from frontend.labels.sounds import KINDS
from frontend.sections.shared.pagination import page_links, page_of
from frontend.state import session

#: One or two screens of rows; each row has a player.
ROWS_PER_PAGE = 20
ALL = "all"
#: Id of the sound whose details are shown.
OPEN = session.Key[str]("open_sound")


def view() -> None:
    """Draw the Sounds page."""
    st.title("Sounds", anchor=False)
    st.markdown(
        "Your own short sounds. A mix can play them over transitions, on the beat and in key; "
        "a restyle replays a song's stems with their grains."
    )
    upload_sounds()
    sounds = session.api().sounds()
    if not sounds:
        st.caption("No sounds yet. Mixes work without them; a restyle needs at least one.")
        return
    list_sounds(sounds)


def upload_sounds() -> None:
    """Ask for the kind of the next files, then for the files.

    No kind is preselected, as a wrong one would be used wrongly: a mix plays sounds of all kinds
    but the style kind.
    """
    kind = st.pills(
        "Kind of the sounds to add",
        list(KINDS),
        default=linked_kind(),
        required=True,
        format_func=sound_labels.kind,
        key="sound_kind",
    )
    if kind is None:
        st.caption("Choose what you want to add:")
        st.markdown(
            "\n".join(f"- **{KINDS[one]}**: {use}" for one, use in sound_labels.USES.items())
        )
        return
    st.caption(sound_labels.USES[kind])
    drop_zone(
        SOUNDS,
        lead=sound_labels.DROP[kind],
        detail="Any number, up to a minute each. Silence is trimmed, the level is normalised.",
        fields={"kind": kind},
    )


def linked_kind() -> SoundKind | None:
    """Return the kind that the link to this page asked for; None without one.

    The page "New mixtape" has such links.
    """
    asked = st.query_params.get("kind", "")
    return asked if asked in KINDS else None


def list_sounds(sounds: list[SoundView]) -> None:
    """List the sounds that match, one page at a time."""
    st.subheader("Your sounds", anchor=False)
    kind, text = ask_which(sounds)
    matches = sound_labels.search(sounds, kind, text)
    if not matches:
        st.caption("No matching sounds.")
    # Each filter has its own key, so that its list starts on the first page.
    page_key = f"sounds page {kind} {text} of {len(matches)}"
    with st.container(key="sounds", gap=None):
        for sound in page_of(matches, ROWS_PER_PAGE, page_key):
            show_sound(sound)
    page_links(matches, ROWS_PER_PAGE, page_key)


def ask_which(sounds: list[SoundView]) -> tuple[SoundKind | None, str]:
    """Ask which sounds to list: a kind, and a part of the name."""
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
    """Return a kind's name with its number of sounds."""
    if name == ALL:
        return f"All {len(sounds)}"
    kind = cast("SoundKind", name)
    return f"{sound_labels.kind(kind)} {len(sound_labels.search(sounds, kind, ''))}"


def show_sound(sound: SoundView) -> None:
    """Draw one sound: figures, player, buttons, details."""
    is_open = OPEN.get() == sound.id
    with st.container(key=f"row_{sound.id}"):
        facts, player, actions = st.columns([5, 5, 3], vertical_alignment="center")
        facts.markdown(f"**{escaped(sound.name)}**  \n{sound_labels.facts(sound)}")
        if not is_open:
            with player:
                track_sound(sound.id, f"/sounds/{sound.id}/audio", name=sound.name, quiet=True)
        with actions, st.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                "Close" if is_open else "Details",
                key=f"look_{sound.id}",
                type="tertiary",
                icon=":material/unfold_less:" if is_open else ":material/graphic_eq:",
                on_click=OPEN.drop if is_open else OPEN.put,
                args=() if is_open else (sound.id,),
            )
            delete_button(sound)
        if is_open:
            show_detail(sound)


def delete_button(sound: SoundView) -> None:
    """Draw a delete button that asks for confirmation."""
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown("Mixes and restyles that use it stay as they are.")
        st.button(
            "Delete permanently",
            key=f"delete_{sound.id}",
            type="primary",
            on_click=session.api().delete_sound,
            args=(sound.id,),
        )


def show_detail(sound: SoundView) -> None:
    """Show the waveform and the measurements of a sound."""
    detail = session.api().sound_detail(sound.id)
    sound_picture(detail)
    note, detail_of_pitch = sound_labels.pitch(detail)
    with st.container(horizontal=True, key=f"figures_{sound.id}"):
        st.metric("Pitch", note)
        st.metric("Length", f"{sound.duration_s:.2f} s")
        st.metric("Onsets", len(detail.onsets_s))
        if sound.tempo_bpm:
            st.metric("Tempo", f"{sound.tempo_bpm:.1f} BPM")
        if sound.key:
            st.metric("Key", sound.key)
    st.caption(f"Pitch: {detail_of_pitch}.")


view()
