"""The button that puts a mix online, and why it may not be pressed yet."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import PreflightView, YouTubeStatus
from frontend import channel, publishing, session, words
from frontend.api_client import ApiError
from frontend.publish_words import KEPT_PRIVATE
from frontend.publishing import NEW_PLAYLIST, VideoDraft

ACTIVE = ("queued", "running")


def publish_bar(
    job: JobView,
    status: YouTubeStatus,
    draft: VideoDraft,
    checked: PreflightView | None,
    *,
    again: bool,
) -> None:
    """The button; a mix in the making is published when it is ready."""
    reason = why_not_yet(status, draft, checked)
    waits = job.status in ACTIVE
    with st.container(horizontal=True, vertical_alignment="center", key="start_bar"):
        pressed = st.button(
            "Publish when it is ready" if waits else "Publish",
            type="primary",
            icon=":material/schedule_send:" if waits else ":material/publish:",
            disabled=reason is not None,
            key="start",
        )
        st.caption(reason or what_happens(draft, checked))
    if pressed:
        session.api().start(draft.request(job.id, st.context.timezone, again=again))
        channel.look_again()
        st.query_params["job"] = job.id
        st.rerun()


def why_not_yet(
    status: YouTubeStatus, draft: VideoDraft, checked: PreflightView | None
) -> str | None:
    """What is missing before it can go online."""
    if status.missing_setting:
        return "This server is not set up for YouTube."
    if status.needs_reconnect:
        return "Connect YouTube again first."
    if not status.connected:
        return "Connect YouTube first."
    if not status.may_upload:
        return "Allow Segue to upload videos first: connect again."
    if draft.playlist == NEW_PLAYLIST and not draft.playlist_title.strip():
        return "Give the new playlist a title, or choose another."
    if checked is None:
        return "It could not be checked what YouTube would say."
    errors = sum(not fault.is_warning for fault in checked.faults)
    if not checked.may_go:
        return (
            "One thing is to be put right first."
            if errors == 1
            else f"{errors} things are to be put right first."
        )
    return None


def what_happens(draft: VideoDraft, checked: PreflightView | None) -> str:
    """What a press on the button comes to."""
    if checked and stays_private(checked):
        return f"Ready. {KEPT_PRIVATE}"
    if draft.audience == "later" and draft.goes_public_at:
        zone = st.context.timezone
        moment = publishing.moment(draft.goes_public_at, zone)
        return f"Goes public {words.when(moment, zone)}." if moment else ""
    return {
        "private": "Ready. Nobody but you will see it.",
        "unlisted": "Ready. Whoever has the link will see it.",
        "public": "Ready. Everybody will see it.",
        "later": "",
    }[draft.audience]


def stays_private(checked: PreflightView) -> bool:
    """Whether YouTube keeps it private, whatever was chosen."""
    return any(fault.code == "stays_private" for fault in checked.faults)


def check(job: JobView, draft: VideoDraft, *, again: bool) -> PreflightView | ApiError:
    """What stands against it, before anything is sent; or why nobody knows."""
    try:
        return session.api().preflight(draft.request(job.id, st.context.timezone, again=again))
    except ApiError as problem:
        if problem.code == "not_signed_in":
            raise
        return problem
