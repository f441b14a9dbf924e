"""A mix that is to go online by itself as soon as it is ready."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.publishing import Publication, YouTubeStatus
from frontend import channel, publishing
from frontend.api_client import ApiError
from frontend.forms.audience import ask_audience, ask_playlist
from frontend.forms.fault_places import FaultPlaces
from frontend.problems import escaped
from frontend.publishing import NEW_PLAYLIST, VideoDraft, draft_in

#: The name of these fields, where a mix has no id yet.
FORM = "next_mix"


def ask_publication() -> tuple[Publication | None, str | None]:
    """How the mix is to stand on YouTube, if it is to; and what is missing of that."""
    with st.expander("Publish to YouTube when it is ready", icon=":material/publish:"):
        status = connection()
        if status is None or not may_publish(status):
            way_to_connect(status)
            return None, None
        wanted = st.toggle("Publish it", key="publish_next_mix", persist_state="session")
        if not wanted:
            name = status.channel.title if status.channel else "your channel"
            st.caption(f"The mix then goes to {escaped(name)} by itself, under its own title.")
            return None, None
        return ask(status)


def connection() -> YouTubeStatus | None:
    """How things stand with YouTube; None where nobody can say, and a mix needs no such thing."""
    try:
        return channel.status()
    except ApiError as problem:
        if problem.code == "not_signed_in":
            raise
        return None


def may_publish(status: YouTubeStatus) -> bool:
    """Whether a video could go online now."""
    return status.connected and status.may_upload and not status.needs_reconnect


def way_to_connect(status: YouTubeStatus | None) -> None:
    """What has to be done first."""
    if status is not None and status.missing_setting:
        st.caption("This server is not set up for YouTube.")
        return
    st.caption("Connect your YouTube channel first; then a mix can go there by itself.")
    st.page_link("views/publish.py", label="Connect YouTube", icon=":material/link:")


def ask(status: YouTubeStatus) -> tuple[Publication, str | None]:
    """Who may see it, and where it lies; the words come with the mix."""
    if not publishing.begun(FORM):
        evening = publishing.tomorrow_evening(st.context.timezone)
        publishing.fill(FORM, VideoDraft(goes_public_at=evening))
    ask_audience(FORM, FaultPlaces())
    draft = draft_in(FORM)
    if draft.audience != "private" and not status.verified_project:
        st.caption(
            "Google has not audited this server's project yet: until then, YouTube keeps all its "
            "videos private, whatever is chosen here."
        )
    ask_playlist(FORM, status)
    st.caption("Title, description, chapters and thumbnail are those of the mix.")
    return draft_in(FORM).publication(st.context.timezone), missing(draft_in(FORM))


def missing(draft: VideoDraft) -> str | None:
    """What has to be said before it can start."""
    if draft.playlist == NEW_PLAYLIST and not draft.playlist_title.strip():
        return "Give the new playlist a title, or choose another."
    return None
