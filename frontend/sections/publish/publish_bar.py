"""The publish button, and what is still missing before it works."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView, PublishRequest
from backend.app.contract.publishing import PreflightView, YouTubeStatus
from frontend.api.errors import ApiError, attempt
from frontend.labels.figures import counted, relative_time
from frontend.labels.publish import AUDIENCES
from frontend.sections.shared.form_fields import start_bar
from frontend.state import session, youtube_state
from frontend.state.job_state import is_active
from frontend.state.publish_draft import VideoDraft, in_utc


def publish_bar(
    job: JobView,
    status: YouTubeStatus,
    draft: VideoDraft,
    checked: PreflightView | None,
    *,
    again: bool,
) -> None:
    """Draw the publish button; an unfinished mix will be published when it is ready."""
    waits = is_active(job)
    pressed = start_bar(
        "Publish when it is ready" if waits else "Publish",
        "schedule_send" if waits else "publish",
        missing=missing(status, draft, checked),
        ready=what_happens(draft),
    )
    if pressed:
        start(draft.request(job.id, st.context.timezone, again=again))
        st.query_params["job"] = job.id
        st.rerun()


def start(request: PublishRequest) -> None:
    """Queue the publication; the page then says why not, or shows that of another tab."""
    try:
        session.api().start(request)
    except ApiError as error:
        if error.code not in ("publication_pending", *youtube_state.CONNECTION_ERRORS):
            raise


def missing(status: YouTubeStatus, draft: VideoDraft, checked: PreflightView | None) -> str | None:
    """Say what the user must do before the mix can be published; None if nothing."""
    if status.missing_setting:
        return "This server is not set up for YouTube."
    if status.needs_reconnect:
        return "Connect YouTube again first."
    if not status.connected:
        return "Connect YouTube first."
    if not status.may_upload:
        return "Connect YouTube again, and allow Segue to upload videos."
    if draft.playlist_needs_title:
        return draft.playlist_needs_title
    if checked is None:
        return "YouTube's limits could not be checked."
    if not checked.may_go:
        n_errors = sum(not fault.is_warning for fault in checked.faults)
        return f"Fix {counted(n_errors, 'problem')} first."
    return None


def what_happens(draft: VideoDraft) -> str:
    """Say who will see the video after publishing."""
    if draft.waits_for_checks:
        return f"Private first, then {AUDIENCES[draft.audience].lower()} after YouTube's checks."
    if draft.audience == "later" and draft.goes_public_at:
        zone = st.context.timezone
        moment = in_utc(draft.goes_public_at, zone)
        return f"Goes public {relative_time(moment, zone)}." if moment else ""
    return {
        "private": "Ready. Only you will see it.",
        "unlisted": "Ready. Anyone with the link will see it.",
        "public": "Ready. Everyone will see it.",
        "later": "",
    }[draft.audience]


def check(job: JobView, draft: VideoDraft, *, again: bool) -> PreflightView | ApiError:
    """Let the API check the publication before anything is sent to YouTube."""
    request = draft.request(job.id, st.context.timezone, again=again)
    return attempt(lambda: session.api().preflight(request))
