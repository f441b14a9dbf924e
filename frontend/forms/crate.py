"""The tracks of a page: dropped into a crate of its own, or taken over from New mixtape's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from backend.app.contract.uploads import TracksUploadView, TrackView
from frontend import session, words
from frontend.api_client import ApiError
from frontend.components.drop_zone import TRACKS, drop_zone
from frontend.problems import show

FORMATS = "MP3, WAV, FLAC, OGG, Opus or M4A. Press to choose files instead."


@dataclass(frozen=True, slots=True)
class CrateState:
    """The crate of a page, if there is one yet, and whether files are on their way into it."""

    crate: TracksUploadView | None
    uploading: bool

    @property
    def tracks(self) -> list[TrackView]:
        """What is in it."""
        return self.crate.tracks if self.crate else []


def ask_crate(page: str, lead: str) -> CrateState:
    """A zone to drop tracks on; ``page`` names the crate, which the address keeps for a reload."""
    key = crate_key(page)
    for part, name in parts_of(page):
        session.share_with_address(part, name)
    dropped = drop_zone(
        replace(TRACKS, name=f"{page}_tracks"),
        lead="Add more tracks" if key.get() else lead,
        detail=FORMATS,
        token=session.api().access_token(),
        upload_id=key.get(),
        draft=session.Key[int](f"{page}_draft").get() or 0,
    )
    if dropped.token_expired:
        session.api().renew()
        st.rerun()
    if dropped.upload_id and dropped.upload_id != key.get():
        key.put(dropped.upload_id)
        st.rerun()  # the words above learn of it
    held = key.get()
    if held is None:
        offer_crate_of_mixtape(key)
        return CrateState(None, dropped.busy)
    session.share_with_address(key, "crate")
    return CrateState(crate_of(page, held), dropped.busy)


def crate_key(page: str) -> session.Key[str]:
    """Where the id of a page's crate is kept."""
    return session.Key[str](f"{page}_crate_id")


def parts_of(page: str) -> tuple[tuple[session.Key[str], str], ...]:
    """What a page keeps in its address, and by which name; not every page asks for titles."""
    title, artist = session.Key[str](f"{page}_title"), session.Key[str](f"{page}_artist")
    return (crate_key(page), "crate"), (title, "title"), (artist, "artist")


def offer_crate_of_mixtape(key: session.Key[str]) -> None:
    """The crate on the table of New mixtape, if there is one, in place of a new one."""
    crate_id = session.CRATE_ID.get()
    if crate_id is None:
        return
    try:
        count = len(session.api().crate(crate_id).tracks)
    except ApiError as problem:
        if problem.code != "not_found":
            raise
        return
    st.button(
        f"Use the {words.tracks(count)} of New mixtape",
        icon=":material/input:",
        type="tertiary",
        key=f"{key.name}_take",
        on_click=key.put,
        args=(crate_id,),
    )


def crate_of(page: str, crate_id: str) -> TracksUploadView | None:
    """The crate, unless it is gone."""
    try:
        return session.api().crate(crate_id)
    except ApiError as problem:
        if problem.code != "not_found":
            raise
    start_over(page)
    hint = "Drop them again to go on."
    show(ApiError("not_found", "The tracks of this page are no longer there.", hint))
    return None


def start_over(page: str) -> None:
    """Forget the crate of a page; what was uploaded stays with the API."""
    for part, name in parts_of(page):
        part.drop()
        st.query_params.pop(name, None)
    draft = session.Key[int](f"{page}_draft")
    draft.put((draft.get() or 0) + 1)


def start_over_button(page: str) -> None:
    """The way to begin anew, where there is something to leave behind."""
    if crate_key(page).get():
        st.button(
            "Start over",
            icon=":material/restart_alt:",
            type="tertiary",
            key=f"{page}_start_over",
            on_click=start_over,
            args=(page,),
        )


def titles_of(tracks: Sequence[TrackView]) -> dict[str, str]:
    """What each track is called where one is chosen among them, by its id."""
    return words.told_apart({track.id: track.title or "Untitled" for track in tracks})


def list_tracks(tracks: Sequence[TrackView]) -> None:
    """The tracks in plain lines: title, artist, length."""
    rows = "".join(
        f"<li><b>{escape(track.title or 'Untitled')}</b><span>{escape(track.artist)}</span>"
        f"<span class='long'>{words.clock(track.duration_s)}</span></li>"
        for track in tracks
    )
    st.html(f'<ol class="tracks" aria-label="Tracks">{rows}</ol>')
