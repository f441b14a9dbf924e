"""A mix that is to go online by itself as soon as it is ready."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from backend.app.contract.publishing import FaultView, Publication, YouTubeStatus
from frontend import channel, publishing, session
from frontend.api_client import ApiError
from frontend.forms.audience import ask_audience, ask_playlist
from frontend.forms.fault_places import FaultPlaces
from frontend.problems import escaped
from frontend.publishing import NEW_PLAYLIST, VideoDraft, draft_in

#: The name of these fields, where a mix has no id yet.
FORM = "next_mix"
WANTED = "publish_next_mix"
#: What was chosen has gone along with a mix: the next one begins with nothing chosen.
TAKEN = session.Key[bool]("publish_later_taken")
PASSED = FaultView(
    field="publish_at",
    code="publish_at_passed",
    message="The time at which it goes public has passed.",
    hint="Choose a later one.",
)


def begin_anew() -> None:
    """What was chosen was for one mix."""
    TAKEN.put(True)


def ask_publication(language: str) -> tuple[Publication | None, str | None]:
    """How the mix is to stand on YouTube, if it is to; and what is missing of that.

    ``language`` is that of the mix's words.
    """
    begin()
    with st.expander("Publish to YouTube when it is ready", icon=":material/publish:"):
        status = connection()
        if status is None or not may_publish(status):
            way_to_connect(status)
            return None, None
        wanted = st.toggle("Publish it", key=WANTED, persist_state="session")
        if not wanted:
            name = status.channel.title if status.channel else "your channel"
            st.caption(f"The mix then goes to {escaped(name)} by itself, under its own title.")
            return None, None
        return ask(status, language)


def begin() -> None:
    """Fill the fields: once, and once for each mix that is started."""
    if TAKEN.get():
        TAKEN.drop()
        st.session_state[WANTED] = False
    elif publishing.begun(FORM):
        return
    evening = publishing.tomorrow_evening(st.context.timezone)
    publishing.fill(FORM, VideoDraft(goes_public_at=evening))


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
        return not_set_up()
    st.caption("Connect your YouTube channel first; then a mix can go there by itself.")
    return to_publish_page("Connect YouTube")


def not_set_up() -> None:
    """Only whoever runs the server can change that, and is told how on the page of publishing."""
    if session.me().is_admin:
        st.caption("This server is not set up for YouTube.")
        return to_publish_page("What is missing")
    st.caption("This server is not set up for YouTube: ask whoever runs it.")
    return None


def to_publish_page(label: str) -> None:
    """The way to the page on which a channel is connected."""
    st.page_link("views/publish.py", label=label, icon=":material/link:")


def ask(status: YouTubeStatus, language: str) -> tuple[Publication, str | None]:
    """Who may see it, and where it lies; the words come with the mix."""
    places = FaultPlaces()
    ask_audience(FORM, places)
    draft = draft_in(FORM)
    if has_passed(draft):
        places.tell([PASSED], st.container())
    if draft.audience != "private" and not status.verified_project:
        st.caption(
            "Google has not audited this server's project yet: until then, YouTube keeps all its "
            "videos private, whatever is chosen here."
        )
    ask_playlist(FORM, status)
    st.caption("Title, description, tags, chapters and thumbnail are those of the mix.")
    draft = draft_in(FORM).model_copy(update={"language": language})
    return draft.publication(st.context.timezone), missing(draft)


def has_passed(draft: VideoDraft) -> bool:
    """Whether it is to go public at a time that is over."""
    moment = draft.publication(st.context.timezone).publish_at
    return moment is not None and moment <= datetime.now(UTC)


def missing(draft: VideoDraft) -> str | None:
    """What has to be said before it can start."""
    if draft.playlist == NEW_PLAYLIST and not draft.playlist_title.strip():
        return "Give the new playlist a title, or choose another."
    return PASSED.message if has_passed(draft) else None
