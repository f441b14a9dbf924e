"""The YouTube channel of whoever is signed in: how it stands, its playlists, the way to connect it.

What the API says of it is asked for once in a while, not with every key that is pressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

import streamlit as st
from pydantic import BaseModel, ValidationError

from backend.app.contract.publishing import PlaylistView, YouTubeStatus

from . import publishing, session
from .api_client import ApiError
from .components.youtube_trip import brought_back, leave_for
from .publishing import VideoDraft

Value = TypeVar("Value")

#: Uploads count down while a page is open; more often than this it need not know.
GOOD_FOR_S = 15.0
#: Each look at the playlists is a call to YouTube, and a long one where YouTube does not answer.
PLAYLISTS_GOOD_FOR_S = 120.0


@dataclass(frozen=True)  # no slots: a generic alias notes itself on the instance it makes
class Held(Generic[Value]):
    """An answer of the API, and when it came."""

    answer: Value
    at_s: float
    good_for_s: float = GOOD_FOR_S

    @property
    def is_fresh(self) -> bool:
        """Whether it still tells how things stand."""
        return monotonic() - self.at_s < self.good_for_s


STATUS = session.Key[Held[YouTubeStatus]]("youtube_status")
PLAYLISTS = session.Key[Held[list[PlaylistView] | ApiError]]("youtube_playlists")
#: What became of the last visit to Google: empty is well, else the code of what went wrong.
CAME_BACK = session.Key[str]("youtube_came_back")
#: Why the way to Google could not be begun.
REFUSED = session.Key[ApiError]("youtube_refused")
#: What was told when the connection was given up.
LEFT_BEHIND = session.Key[list[str]]("youtube_left_behind")
#: Whether what was on the table before that visit is still to be put back.
UNPACKING = session.Key[bool]("youtube_unpacking")

WENT_WRONG = {
    "access_denied": (
        "You have not allowed Segue to publish.",
        "Nothing has changed; connect YouTube whenever you want to.",
    ),
    "consent_expired": (
        "It took too long, or this way back from Google was used before.",
        "Connect YouTube again; there are ten minutes for it.",
    ),
    "other_browser": (
        "This was begun by somebody else, or in another browser.",
        "Connect YouTube in the browser in which you are signed in.",
    ),
    "upload_not_allowed": (
        "You have not allowed Segue to upload videos.",
        "Connect YouTube again, and leave the box for uploads ticked.",
    ),
    "no_channel": (
        "This Google account has no YouTube channel.",
        "Make a channel at youtube.com, or choose another account.",
    ),
    "not_configured": (
        "This server is not set up for YouTube.",
        "Ask whoever runs it.",
    ),
}
SOMETHING_WENT_WRONG = (
    "YouTube was not connected.",
    "Something did not go as it has to on the way to Google and back. Try again.",
)


class OnTheTable(BaseModel):
    """What a person was at when the browser left for Google."""

    job_id: str = ""
    draft: VideoDraft | None = None


def status() -> YouTubeStatus:
    """How the connection stands."""
    held = STATUS.get()
    if held is None or not held.is_fresh:
        held = Held(session.api().youtube_status(), monotonic())
        STATUS.put(held)
    return held.answer


def playlists() -> list[PlaylistView] | ApiError:
    """The channel's playlists, or why YouTube did not tell."""
    held = PLAYLISTS.get()
    if held is None or not held.is_fresh:
        held = Held(_ask_for_playlists(), monotonic(), PLAYLISTS_GOOD_FOR_S)
        PLAYLISTS.put(held)
    return held.answer


def _ask_for_playlists() -> list[PlaylistView] | ApiError:
    try:
        return session.api().playlists()
    except ApiError as problem:
        if problem.code == "not_signed_in":
            raise
        return problem


def look_again() -> None:
    """Let the next look ask the API."""
    STATUS.drop()
    PLAYLISTS.drop()


def connect() -> None:
    """Send the browser to Google's page of consent; what is on the table is kept meanwhile.

    A refusal is told above the page instead, which goes on as it stands.
    """
    job_id = st.query_params.get("job", "")
    draft = publishing.draft_in(job_id) if publishing.begun(job_id) else None
    CAME_BACK.drop()
    LEFT_BEHIND.drop()
    REFUSED.drop()
    try:
        start = session.api().connect_youtube()
    except ApiError as problem:
        if problem.code == "not_signed_in":
            raise
        REFUSED.put(problem)
        st.rerun()
    kept = OnTheTable(job_id=job_id, draft=draft).model_dump_json() if job_id else ""
    leave_for(start.url, kept)


def disconnect() -> None:
    """Give the connection up."""
    left = session.api().disconnect_youtube()
    CAME_BACK.drop()
    REFUSED.drop()
    look_again()
    LEFT_BEHIND.put(left.notes)


def come_back() -> None:
    """After a visit to Google: note how it went, and put back what was on the table."""
    went_wrong = st.query_params.get("youtube_error")
    if went_wrong is not None or "youtube" in st.query_params:
        CAME_BACK.put(went_wrong or "")
        REFUSED.drop()
        UNPACKING.put(True)
        for name in ("youtube", "youtube_error"):
            st.query_params.pop(name, None)
        look_again()
    place = st.container()  # always there: what comes below keeps its place on the page
    if UNPACKING.get():
        with place:
            kept = brought_back()
        if kept is not None:
            UNPACKING.drop()
            unpack(kept)
            st.rerun()


def unpack(kept: str) -> None:
    """Put what was kept back on the table; what cannot be read was not kept by this page."""
    try:
        table = OnTheTable.model_validate_json(kept)
    except ValidationError:
        return
    if table.job_id:
        st.query_params["job"] = table.job_id
        if table.draft is not None:
            publishing.fill(table.job_id, table.draft)


def what_went_wrong() -> ApiError | None:
    """In words, unless the last visit to Google went well."""
    code = CAME_BACK.get()
    if not code:
        return REFUSED.get()
    message, hint = WENT_WRONG.get(code, SOMETHING_WENT_WRONG)
    return ApiError(code, message, hint)
