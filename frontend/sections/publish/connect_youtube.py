"""Connect a YouTube channel: visit Google's consent page, return, restore the form."""

from __future__ import annotations

import streamlit as st

from frontend.api.errors import ApiError, attempt
from frontend.components.google_consent import leave_for, saved_state
from frontend.state import saved_page, session, visit, youtube_state
from frontend.state.saved_page import SavedPage

#: Result of the last visit to Google: empty after a success, else an error code.
RESULT = session.Key[str]("youtube_consent_result")
#: The error because of which the visit to Google could not start.
START_ERROR = session.Key[ApiError]("youtube_consent_error")
#: Notes about a disconnection that Google did not finish.
DISCONNECT_NOTES = session.Key[list[str]]("youtube_disconnect_notes")
#: Whether the browser has just come back from Google to the New mixtape page.
BACK_AT_MIXTAPE = session.Key[bool]("youtube_back_at_mixtape")
#: Whether the saved page must still be restored.
RESTORING = session.Key[bool]("youtube_restoring")

ERRORS = {
    "access_denied": (
        "You did not allow Segue to publish.",
        "Nothing has changed. You can connect YouTube at any time.",
    ),
    "consent_expired": (
        "The visit to Google took too long, or its answer was used before.",
        "Connect YouTube again within ten minutes.",
    ),
    "other_browser": (
        "The connection was started by another user or in another browser.",
        "Connect YouTube in the browser in which you are signed in.",
    ),
    "upload_not_allowed": (
        "You did not allow Segue to upload videos.",
        "Connect YouTube again, and tick the box for uploads.",
    ),
    "no_channel": (
        "This Google account has no YouTube channel.",
        "Create a channel at youtube.com, or choose another account.",
    ),
    "not_configured": ("This server is not set up for YouTube.", "Ask its admin."),
}
UNKNOWN_ERROR = ("YouTube was not connected.", "Something went wrong at Google. Try again.")


def connect(page: SavedPage) -> None:
    """Send the browser to Google's consent page; the browser keeps the page's forms meanwhile."""
    RESULT.drop()
    DISCONNECT_NOTES.drop()
    START_ERROR.drop()
    start = attempt(session.api().connect_youtube)
    if isinstance(start, ApiError):
        START_ERROR.put(start)
        visit.forget_on_leaving(START_ERROR)
        st.rerun()
    leave_for(start.url, page.model_dump_json(exclude_none=True))


def disconnect() -> None:
    """Disconnect the user's YouTube channel."""
    status = session.api().disconnect_youtube()
    RESULT.drop()
    START_ERROR.drop()
    youtube_state.refresh()
    DISCONNECT_NOTES.put(status.notes)
    visit.forget_on_leaving(DISCONNECT_NOTES)


def return_from_google() -> None:
    """After a visit to Google, store its result and restore the page."""
    error = st.query_params.get("youtube_error")
    if error is not None or "youtube" in st.query_params:
        RESULT.put(error or "")
        visit.forget_on_leaving(RESULT)
        START_ERROR.drop()
        RESTORING.put(True)
        for name in ("youtube", "youtube_error"):
            st.query_params.pop(name, None)
        youtube_state.refresh()
    place = st.container()  # always drawn, so that the widgets below keep their positions
    if RESTORING.get():
        with place:
            saved = saved_state()
        if saved is not None:
            RESTORING.drop()
            open_again(saved_page.restore(saved))


def open_again(page: SavedPage | None) -> None:
    """Open the page from which the browser left for Google."""
    visit.move()
    if page is not None and page.mixtape is not None:
        BACK_AT_MIXTAPE.put(True)
        st.switch_page("views/new_mixtape.py")
    if page is not None and page.job_id:
        st.query_params["job"] = page.job_id
    st.rerun()


def show_success() -> None:
    """Say once that the channel is connected."""
    if RESULT.get() == "":
        st.toast("Your channel is connected.", icon=":material/check_circle:")
        RESULT.drop()


def connection_error() -> ApiError | None:
    """Return the error of the last attempt to connect, if it failed."""
    code = RESULT.get()
    if not code:
        return START_ERROR.get()
    return ApiError(code, *ERRORS.get(code, UNKNOWN_ERROR))
