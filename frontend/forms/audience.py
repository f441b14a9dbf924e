"""Who may see a video, from when on, and in which playlist it lies."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.publishing import YouTubeStatus
from frontend import channel, words
from frontend.api_client import ApiError
from frontend.forms.fault_places import FaultPlaces
from frontend.problems import escaped, show
from frontend.publish_words import AUDIENCES, AUDIENCES_MEAN
from frontend.publishing import NEW_PLAYLIST, draft_in, key


def ask_audience(form: str, places: FaultPlaces) -> None:
    """Private unless somebody says otherwise."""
    st.radio(
        "Who may see it",
        list(AUDIENCES),
        format_func=AUDIENCES.__getitem__,
        captions=list(AUDIENCES_MEAN.values()),
        key=key(form, "audience"),
        label_visibility="collapsed",
        persist_state="session",
    )
    if draft_in(form).audience == "later":
        ask_time(form)
    places.below("privacy", "publish_at")


def ask_time(form: str) -> None:
    """The day and the hour, on the clock of whoever asks."""
    zone = st.context.timezone
    st.datetime_input(
        f"Goes public at ({zone_name(zone)})",
        key=key(form, "goes_public_at"),
        format="DD/MM/YYYY",
        persist_state="session",
    )


def zone_name(zone: str | None) -> str:
    """What a clock is called, as Markdown."""
    return escaped(str(words.clock_of(zone)).replace("_", " "))


def ask_playlist(form: str, status: YouTubeStatus) -> None:
    """None, one of the channel's, or a new one."""
    if not (status.connected and status.may_manage):
        st.selectbox("Playlist", ["No playlist"], disabled=True, key=f"no_playlist_{form}")
        return
    titles = playlist_titles()
    held = draft_in(form).playlist
    if held and held not in titles:
        st.session_state[key(form, "playlist")] = ""
    st.selectbox(
        "Playlist",
        list(titles),
        format_func=titles.__getitem__,
        key=key(form, "playlist"),
        persist_state="session",
    )
    if draft_in(form).playlist == NEW_PLAYLIST:
        st.text_input(
            "Title of the new playlist",
            key=key(form, "playlist_title"),
            max_chars=150,  # YouTube Data API v3, playlists: snippet.title
            persist_state="session",
        )


def playlist_titles() -> dict[str, str]:
    """What there is to choose from, by id; where YouTube does not tell, a new one still can be."""
    found, theirs = channel.playlists(), {}
    if isinstance(found, ApiError):
        show(found)
    else:
        theirs = {one.id: one.title or "Untitled playlist" for one in found}
    return {"": "No playlist", **words.told_apart(theirs), NEW_PLAYLIST: "A new playlist…"}
