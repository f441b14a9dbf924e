"""Ask for the tracks of a page: dropped on it, or those of the New mixtape page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from backend.app.contract.uploads import TracksUploadView, TrackView
from frontend.api.errors import ApiError, found
from frontend.components.drop_zone import TRACKS, drop_zone
from frontend.error_messages import escaped, show_error
from frontend.labels import figures
from frontend.labels.job_kinds import KINDS
from frontend.state import session
from frontend.state.address_draft import CRATE_ID, AddressDraft

FORMATS = "MP3, WAV, AIFF, FLAC, OGG, Opus, WebM or M4A. Click to choose files instead."


@dataclass(frozen=True, slots=True)
class CrateState:
    """A page's crate, if there is one, and whether files are being uploaded to it.

    ``tracks`` lists the tracks that the user has not removed, in the order in which they were
    added.
    """

    crate: TracksUploadView | None
    uploading: bool
    tracks: list[TrackView]

    @property
    def is_whole(self) -> bool:
        """Whether the user has removed no track from the list."""
        return self.crate is None or len(self.tracks) == len(self.crate.tracks)


def ask_crate(
    kind: str, lead: str, *, more: str = "Add more tracks", intro: str = ""
) -> CrateState:
    """Draw a page's heading, ask for tracks, and list them.

    ``lead`` is the drop zone's text before there are tracks, ``more`` afterwards.
    """
    draft = draft_of(kind)
    key = draft.parts["crate"]
    draft.share()
    page_heading(KINDS[kind].name, draft, f"{kind}_start_over")
    if intro:
        st.markdown(intro)
    crate = load_crate(draft)
    dropped = drop_zone(
        replace(TRACKS, name=f"{kind}_tracks"),
        key,
        lead=more if key.get() else lead,
        detail=FORMATS,
        draft=draft.number,
        ordered=True,
    )
    if key.get() is None:
        offer_crate_of_mixtape(key)
    state = CrateState(crate, dropped.busy, listed(crate, dropped.order, draft))
    list_tracks(kind, state, draft)
    return state


def draft_of(kind: str) -> AddressDraft:
    """Return a page's draft: the crate, removed tracks' ids, and titles if asked for."""
    parts = {"crate": "crate_id", "out": "left_out", "title": "title", "artist": "artist"}
    keys = {name: session.Key[str](f"{kind}_{key}") for name, key in parts.items()}
    return AddressDraft(keys, session.Key[int](f"{kind}_draft"))


def page_heading(title: str, draft: AddressDraft, key: str) -> None:
    """Show the page's title, and after an upload a button to start over."""
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.title(title, anchor=False)
        if draft.has_uploads:
            st.button(
                "Start over",
                icon=":material/restart_alt:",
                type="tertiary",
                key=key,
                on_click=draft.drop,
            )


def offer_crate_of_mixtape(key: session.Key[str]) -> None:
    """Offer to use the tracks of the New mixtape page, if there are any."""
    crate_id = CRATE_ID.get()
    crate = found(lambda: session.api().crate(crate_id)) if crate_id else None
    if crate:
        st.button(
            f"Use the {figures.counted(len(crate.tracks), 'track')} of New mixtape",
            icon=":material/input:",
            type="tertiary",
            key=f"{key.name}_take",
            on_click=key.put,
            args=(crate.id,),
        )


def load_crate(draft: AddressDraft) -> TracksUploadView | None:
    """Load a draft's crate; if it was deleted, say so and start a new draft.

    Call this before drawing the drop zone, which would add the next files to the deleted crate.
    """
    crate_id = draft.parts["crate"].get()
    if crate_id is None:
        return None
    crate = found(lambda: session.api().crate(crate_id))
    if crate is None:
        draft.drop()
        message = "These tracks are no longer on the server."
        show_error(ApiError("not_found", message, "Drop them again to continue."))
    return crate


def listed(
    crate: TracksUploadView | None, order: Sequence[str], draft: AddressDraft
) -> list[TrackView]:
    """List the tracks that were not removed, in the order of dropping if known."""
    place = {track_id: place for place, track_id in enumerate(order)}
    tracks = [one for one in crate.tracks if one.id not in removed(draft)] if crate else []
    return sorted(tracks, key=lambda track: place.get(track.id, len(place)))


def removed(draft: AddressDraft) -> list[str]:
    """List the ids of tracks that the user removed from the list; they stay in the crate."""
    return (draft.parts["out"].get() or "").split()


def titles_of(tracks: Sequence[TrackView]) -> dict[str, str]:
    """Map track ids to titles; repeated titles get a number."""
    return figures.deduplicate_titles({track.id: track.title or "Untitled" for track in tracks})


def list_tracks(kind: str, state: CrateState, draft: AddressDraft) -> None:
    """List the tracks; all but the last remaining one have a button to remove them."""
    titles = titles_of(state.tracks)
    with st.container(key="track_rows", gap=None):
        for place, track in enumerate(state.tracks, start=1):
            with st.container(
                horizontal=True, vertical_alignment="center", key=f"line_{track.id}", gap="small"
            ):
                st.html(line(track, titles[track.id], place), width="stretch")
                if len(state.tracks) > 1:
                    st.button(
                        "",
                        icon=":material/close:",
                        type="tertiary",
                        key=f"{kind}_remove_{track.id}",
                        help=f"Remove {escaped(titles[track.id])}",
                        on_click=remove,
                        args=(draft, track.id),
                    )
    if not state.is_whole:
        st.button(
            "Restore removed tracks",
            icon=":material/undo:",
            type="tertiary",
            key=f"{kind}_restore",
            on_click=draft.drop_part,
            args=("out",),
        )


def line(track: TrackView, title: str, place: int) -> str:
    """Show a track in one line of HTML: number, title, artist, length."""
    return (
        f'<ol class="tracks" aria-label="Tracks" start="{place}" '
        f'style="counter-reset:track {place - 1}">'
        f"<li><b>{escape(title)}</b><span>{escape(track.artist)}</span>"
        f"<span class='long'>{figures.clock(track.duration_s)}</span></li></ol>"
    )


def remove(draft: AddressDraft, track_id: str) -> None:
    """Remove a track from the list."""
    draft.parts["out"].put(" ".join([*removed(draft), track_id]))
