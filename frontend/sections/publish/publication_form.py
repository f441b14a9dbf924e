"""Form of a publication, with a preview and the publish button."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.mixes import WaveformView
from backend.app.contract.publishing import PreflightView, YouTubeStatus
from frontend.api.errors import ApiError
from frontend.components.cards.video_preview import video_preview
from frontend.error_messages import show_error
from frontend.labels import figures
from frontend.labels.publish import AUDIENCES
from frontend.sections.publish.field_errors import FieldErrors
from frontend.sections.publish.metadata_writer import (
    WITH_CHAPTERS,
    fill_in_written,
    show_writer_notes,
    write_metadata,
)
from frontend.sections.publish.publish_bar import check, publish_bar
from frontend.sections.publish.video_metadata import ask_metadata
from frontend.sections.publish.video_options import ask_about_video, ask_audience
from frontend.state import publish_draft, session
from frontend.state.job_state import artifacts_by_name
from frontend.state.publish_draft import VideoDraft, draft_in

VIDEO, THUMBNAIL, WAVEFORM = "mix.mp4", "thumbnail.jpg", "waveform.json"
#: Errors that the YouTube connection's card shows already.
SHOWN_BY_CARD = ("not_configured", "youtube_not_connected", "youtube_reconnect")
NO_THUMBNAIL = "YouTube picks a thumbnail from the video."
NO_VIDEO_YET = "Segue makes the video before publishing."
#: Lengths of finished mixes by job id; they never change.
LENGTHS = session.Key[float]("lengths")


def publication_form(job: JobView, status: YouTubeStatus, *, again: bool) -> None:
    """Draw fields, preview and publish button."""
    fill_first_time(job, again=again)
    fill_in_written(job.id)
    errors, is_ready = FieldErrors(), job.status == "succeeded"
    fields, side = st.columns([7, 5], gap="large")
    with fields:
        ask_metadata(job.id, errors, is_ready=is_ready)
        if is_ready and job.kind in WITH_CHAPTERS:
            write_metadata(job)
            show_writer_notes(job.id)
        st.subheader("Who may see it", anchor=False)
        ask_audience(job.id, errors)
        st.subheader("About the video", anchor=False)
        ask_about_video(job.id, status, errors)
        rest = st.container(gap="xsmall", key="errors_rest")
    draft = draft_in(job.id)
    checked = check(job, draft, again=again)
    with side:
        preview(job, status, draft, checked)
    if isinstance(checked, ApiError):
        show_error(checked)
        return publish_bar(job, status, draft, None, again=again)
    errors.show([one for one in checked.faults if one.code not in SHOWN_BY_CARD], rest)
    return publish_bar(job, status, draft, checked, again=again)


def fill_first_time(job: JobView, *, again: bool) -> None:
    """Fill the form once, with the metadata of the mix."""
    if publish_draft.is_filled(job.id):
        return
    draft = publish_draft.first_draft(job, st.context.timezone)
    checked = check(job, draft, again=again)
    if not isinstance(checked, ApiError):
        texts = {"title": checked.title, "description": checked.description or ""}
        draft = draft.model_copy(update={**texts, "tags": checked.tags})
    publish_draft.fill(job.id, draft)


def audience_of(draft: VideoDraft) -> str:
    """Name the audience, with the wait for YouTube's checks."""
    name = AUDIENCES[draft.audience]
    return f"Private, then {name.lower()} after checks" if draft.waits_for_checks else name


def length(job: JobView) -> str:
    """Format the length of a finished mix."""
    if job.status != "succeeded" or WAVEFORM not in artifacts_by_name(job):
        return ""
    length_s = LENGTHS.of(job.id).get_or(
        lambda: session.api().artifact(job.id, WAVEFORM, WaveformView).duration_s
    )
    return figures.clock(length_s)


def preview(
    job: JobView, status: YouTubeStatus, draft: VideoDraft, checked: PreflightView | ApiError
) -> None:
    """Show the video as its viewers would see it."""
    title, text, chapters = draft.title, draft.description or None, []
    if not isinstance(checked, ApiError):
        title, text, chapters = checked.title, checked.description, checked.chapters
    files = artifacts_by_name(job)
    has_picture = draft.thumbnail and THUMBNAIL in files
    picture = session.link_to(job.id, THUMBNAIL, inline=True) if has_picture else None
    with st.container(key="preview", gap="small"):
        st.subheader("Preview", anchor=False)
        video_preview(
            title=title,
            channel=status.channel.title if status.channel else "Your channel",
            seen_by=audience_of(draft),
            description=text,
            chapters=chapters,
            picture_url=picture,
            no_picture=NO_THUMBNAIL if VIDEO in files else NO_VIDEO_YET,
            length=length(job),
        )
        if VIDEO in files:
            with st.expander("Watch the video", icon=":material/movie:"):
                st.video(session.link_to(job.id, VIDEO, inline=True), alt=f"Video of {job.title}")
