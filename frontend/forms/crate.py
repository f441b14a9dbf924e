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
from frontend.problems import escaped, show

FORMATS = "MP3, WAV, FLAC, OGG, Opus or M4A. Press to choose files instead."


@dataclass(frozen=True, slots=True)
class CrateState:
    """The crate of a page, if there is one yet, and whether files are on their way into it.

    ``order`` is that in which its tracks were dropped, as far as it is known; ``left_out`` are
    those that a person took off the list.
    """

    crate: TracksUploadView | None
    uploading: bool
    order: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def tracks(self) -> list[TrackView]:
        """What is on the list, in the order in which it was dropped."""
        place = {track_id: place for place, track_id in enumerate(self.order)}
        kept = [track for track in self._all if track.id not in self.left_out]
        return sorted(kept, key=lambda track: place.get(track.id, len(place)))

    @property
    def is_whole(self) -> bool:
        """Whether nothing was taken off the list."""
        return len(self.tracks) == len(self._all)

    @property
    def _all(self) -> list[TrackView]:
        return self.crate.tracks if self.crate else []


def ask_crate(page: str, lead: str, more: str = "Add more tracks") -> CrateState:
    """A zone to drop tracks on; ``page`` names the crate, which the address keeps for a reload.

    ``lead`` invites the first of them, ``more`` those that come later.
    """
    key = crate_key(page)
    for part, name in parts_of(page):
        session.share_with_address(part, name)
    dropped = drop_zone(
        replace(TRACKS, name=f"{page}_tracks"),
        lead=more if key.get() else lead,
        detail=FORMATS,
        token=session.api().access_token(),
        upload_id=key.get(),
        draft=session.Key[int](f"{page}_draft").get() or 0,
        ordered=True,
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
    left_out = tuple((left_out_key(page).get() or "").split())
    return CrateState(crate_of(page, held), dropped.busy, dropped.order, left_out)


def crate_key(page: str) -> session.Key[str]:
    """Where the id of a page's crate is kept."""
    return session.Key[str](f"{page}_crate_id")


def left_out_key(page: str) -> session.Key[str]:
    """Where the ids of tracks are kept that were taken off a page's list, spaces between."""
    return session.Key[str](f"{page}_left_out")


def parts_of(page: str) -> tuple[tuple[session.Key[str], str], ...]:
    """What a page keeps in its address, and by which name; not every page asks for titles."""
    title, artist = session.Key[str](f"{page}_title"), session.Key[str](f"{page}_artist")
    out = left_out_key(page)
    return (crate_key(page), "crate"), (out, "out"), (title, "title"), (artist, "artist")


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
        forget(part, name)
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


def list_tracks(page: str, state: CrateState) -> None:
    """The tracks in plain lines, each to be taken off the list where it is not the only one."""
    titles = titles_of(state.tracks)
    with st.container(key="track_rows", gap=None):
        for place, track in enumerate(state.tracks, start=1):
            with st.container(
                horizontal=True, vertical_alignment="center", key=f"line_{track.id}", gap="small"
            ):
                st.html(line(track, titles[track.id], place), width="stretch")
                if len(state.tracks) > 1:
                    take_off(page, track, titles[track.id])
    if not state.is_whole:
        st.button(
            "Bring back what was taken off",
            icon=":material/undo:",
            type="tertiary",
            key=f"{page}_bring_back",
            on_click=forget,
            args=(left_out_key(page), "out"),
        )


def line(track: TrackView, title: str, place: int) -> str:
    """A track in a plain line: number, title, artist, length."""
    return (
        f'<ol class="tracks" aria-label="Tracks" start="{place}" '
        f'style="counter-reset:track {place - 1}">'
        f"<li><b>{escape(title)}</b><span>{escape(track.artist)}</span>"
        f"<span class='long'>{words.clock(track.duration_s)}</span></li></ol>"
    )


def take_off(page: str, track: TrackView, title: str) -> None:
    """The way to take one track off the list; it stays in the crate."""
    st.button(
        "",
        icon=":material/close:",
        type="tertiary",
        key=f"{page}_take_off_{track.id}",
        help=f"Take {escaped(title)} off the list",
        on_click=leave_out,
        args=(page, track.id),
    )


def leave_out(page: str, track_id: str) -> None:
    """Take a track off the list of a page."""
    key = left_out_key(page)
    key.put(" ".join([*(key.get() or "").split(), track_id]))


def forget(part: session.Key[str], name: str) -> None:
    """Let go of what a page keeps, in its address too, from which it would be taken up again."""
    part.drop()
    st.query_params.pop(name, None)
