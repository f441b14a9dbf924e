"""Fields for a video's audience, playlist, category and declarations."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.publishing import YouTubeStatus
from frontend.api.errors import ApiError
from frontend.error_messages import escaped, show_error
from frontend.labels import figures
from frontend.labels.publish import AUDIENCE_AFTER_CHECKS, AUDIENCE_HELP, AUDIENCES, CATEGORIES
from frontend.sections.publish.field_errors import FieldErrors
from frontend.sections.shared.form_fields import select
from frontend.state import youtube_state
from frontend.state.publish_draft import NEW_PLAYLIST, draft_in, key


def ask_audience(form: str, errors: FieldErrors, *, may_wait: bool = True) -> None:
    """Ask who may see the video; by default only its owner.

    ``may_wait``: also ask whether that waits for YouTube's checks.
    """
    waits = may_wait and draft_in(form).waits_for_checks
    captions = AUDIENCE_AFTER_CHECKS if waits else AUDIENCE_HELP
    st.radio(
        "Who may see it",
        list(AUDIENCES),
        format_func=AUDIENCES.__getitem__,
        captions=[captions[one] for one in AUDIENCES],
        key=key(form, "audience"),
        label_visibility="collapsed",
        persist_state="session",
    )
    if draft_in(form).audience == "later":
        ask_release(form)
    errors.reserve("privacy", "publish_at")
    if may_wait and draft_in(form).audience != "private":
        ask_wait_for_checks(form)
        errors.reserve("wait_for_checks")


def ask_release(form: str) -> None:
    """Ask when a scheduled video goes public."""
    zone = str(figures.timezone_of(st.context.timezone)).replace("_", " ")
    st.datetime_input(
        f"Goes public at ({escaped(zone)})",
        key=key(form, "goes_public_at"),
        format="DD/MM/YYYY",
        persist_state="session",
    )


def ask_wait_for_checks(form: str) -> None:
    """Ask whether the video is private until YouTube's checks are done."""
    with st.container(gap="xxsmall", key=f"checks_{form}"):
        st.toggle(
            "Wait for YouTube's checks",
            key=key(form, "wait_for_checks"),
            persist_state="session",
        )
        st.caption(
            "If on, the video stays private until YouTube has processed it. If a rights holder "
            "then claims or blocks it, it stays private."
        )


def ask_about_video(form: str, status: YouTubeStatus, errors: FieldErrors) -> None:
    """Ask for playlist, category and four declarations; each has a default."""
    left, right = st.columns(2)
    with left:
        ask_playlist(form, status)
        errors.reserve("playlist_id", "playlist_title")
    with right:
        ask_category(form, errors)
    with st.container(gap="xsmall", key="about_video"):
        ask_declarations(form)
        ask_toggle(form, "thumbnail", "Set the thumbnail", "Uses the thumbnail of the mix.")
        errors.reserve("thumbnail")
        ask_toggle(form, "notify_subscribers", "Notify subscribers", "Only for public videos.")


def ask_category(form: str, errors: FieldErrors) -> None:
    """Ask for the category; keep a draft's unlisted one."""
    chosen = draft_in(form).category_id
    categories = {**CATEGORIES, chosen: CATEGORIES.get(chosen, f"Category {chosen}")}
    select("Category", categories, key(form, "category_id"))
    errors.reserve("category_id")


def ask_declarations(form: str) -> None:
    """Ask for the declarations that YouTube wants from everybody who uploads."""
    ask_toggle(
        form,
        "synthetic_media",
        "Altered or synthetic sound",
        "Tells viewers that the sound was never played or sung like this. YouTube asks for "
        "this on mashups and restyles.",
    )
    ask_toggle(
        form,
        "made_for_kids",
        "Made for kids",
        "YouTube then turns off comments and notifications, as the law requires.",
    )


def ask_toggle(form: str, field: str, label: str, help: str) -> None:
    """Ask for one yes-or-no declaration."""
    st.toggle(label, key=key(form, field), help=help, persist_state="session")


def ask_playlist(form: str, status: YouTubeStatus) -> None:
    """Ask for one of the channel's playlists, a new one, or none."""
    if not (youtube_state.is_usable(status) and status.may_manage):
        st.selectbox("Playlist", ["No playlist"], disabled=True, key=f"no_playlist_{form}")
        return
    titles = playlist_titles()
    chosen = draft_in(form).playlist
    if chosen and chosen not in titles:
        st.session_state[key(form, "playlist")] = ""
    select("Playlist", titles, key(form, "playlist"))
    if draft_in(form).playlist == NEW_PLAYLIST:
        st.text_input(
            "Title of the new playlist",
            key=key(form, "playlist_title"),
            max_chars=150,  # YouTube Data API v3, playlists: snippet.title
            persist_state="session",
        )


def playlist_titles() -> dict[str, str]:
    """Map playlist ids to titles; a new playlist is always an option."""
    playlists, titles = youtube_state.playlists(), {}
    if isinstance(playlists, ApiError):
        show_error(playlists)
    else:
        titles = {one.id: one.title or "Untitled playlist" for one in playlists}
    unique = figures.deduplicate_titles(titles)
    return {"": "No playlist", **unique, NEW_PLAYLIST: "A new playlist…"}
