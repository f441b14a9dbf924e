"""Options of New mixtape to publish the mix as soon as it is ready."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from backend.app.contract.publishing import FaultView, Publication, YouTubeStatus
from frontend.api.errors import ApiError, attempt
from frontend.error_messages import escaped, show_error
from frontend.sections.publish import connect_youtube
from frontend.sections.publish.field_errors import FieldErrors
from frontend.sections.publish.video_options import ask_audience, ask_playlist
from frontend.state import publish_draft, saved_page, session, youtube_state
from frontend.state.mixtape_form import NEXT_MIX, PUBLISHES
from frontend.state.publish_draft import VideoDraft, draft_in, suggested_release

#: Whether a mix was started with the choices; the form then returns to its defaults.
USED = session.Key[bool]("publish_when_ready_used")
PAST_TIME = FaultView(
    field="publish_at",
    code="publish_at_passed",
    message="The time at which it goes public has passed.",
    hint="Choose a later time.",
)


def reset() -> None:
    """Return the form to its defaults after a mix was started."""
    USED.put(True)


def ask_publication(language: str) -> tuple[Publication | None, str | None]:
    """Ask whether and how to publish the mix; also return what the user must still do.

    ``language`` is the description's language.
    """
    fill_defaults()
    with st.expander(
        "Publish to YouTube when it is ready",
        icon=":material/publish:",
        expanded=bool(connect_youtube.BACK_AT_MIXTAPE.get()),
    ):
        connect_youtube.show_success()
        answer = attempt(youtube_state.status)
        # Without an answer from YouTube, a mix can still be made.
        status = None if isinstance(answer, ApiError) else answer
        if status is None or not youtube_state.is_usable(status):
            connect_link(status)
            return None, still_wanted()
        if st.toggle("Publish it", key=PUBLISHES, persist_state="session"):
            return ask(status, language)
        channel = status.channel.title if status.channel else "your channel"
        st.caption(f"The mix is published to {escaped(channel)} automatically.")
        return None, None


def still_wanted() -> str | None:
    """If the user has chosen to publish, say what is missing, and let that be changed."""
    if not st.session_state.get(PUBLISHES):
        return None
    st.toggle("Publish it", key=PUBLISHES, persist_state="session")
    return "Connect YouTube again, or switch “Publish it” off."


def fill_defaults() -> None:
    """Fill the fields at the start, and again after each mix that was started."""
    if USED.get():
        USED.drop()
        st.session_state[PUBLISHES] = False
    elif publish_draft.is_filled(NEXT_MIX):
        return
    time = suggested_release(st.context.timezone)
    publish_draft.fill(NEXT_MIX, VideoDraft(goes_public_at=time))


def connect_link(status: YouTubeStatus | None) -> None:
    """Say what must be set up first, and offer it if the user can do it."""
    error = connect_youtube.connection_error()
    if error:
        show_error(error)
    if status is not None and status.needs_reconnect:
        name = f" to {escaped(status.channel.title)}" if status.channel else ""
        text = f":red[:material/link_off:] The connection{name} has ended."
        label = "Connect YouTube again"
    elif status is None or not status.missing_setting:
        text, label = "Connect your YouTube channel first.", "Connect YouTube"
    elif session.me().is_admin:
        st.caption("This server is not set up for YouTube.")
        st.page_link("views/publish.py", label="Set up YouTube", icon=":material/link:")
        return
    else:
        st.caption("This server is not set up for YouTube. Ask its admin.")
        return
    st.caption(text)
    if st.button(label, icon=":material/link:", key="connect"):
        connect_youtube.connect(saved_page.new_mixtape())


def ask(status: YouTubeStatus, language: str) -> tuple[Publication, str | None]:
    """Ask for audience and playlist; the mix supplies the other metadata."""
    errors = FieldErrors()
    ask_audience(NEXT_MIX, errors)
    draft = draft_in(NEXT_MIX)
    if is_past(draft):
        errors.show([PAST_TIME], st.container())
    ask_playlist(NEXT_MIX, status)
    st.caption("Title, description, tags, chapters and thumbnail come from the mix.")
    draft = draft_in(NEXT_MIX).model_copy(update={"language": language})
    missing = draft.playlist_needs_title or (PAST_TIME.message if is_past(draft) else None)
    return draft.publication(st.context.timezone), missing


def is_past(draft: VideoDraft) -> bool:
    """Whether the scheduled time has passed."""
    moment = draft.publication(st.context.timezone).publish_at
    return moment is not None and moment <= datetime.now(UTC)
