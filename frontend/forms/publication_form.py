"""Everything that is to be said of a video before it goes online, and how it would look there."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.mixes import WaveformView
from backend.app.contract.publishing import PreflightView, YouTubeStatus
from frontend import publishing, session, words
from frontend.api_client import ApiError
from frontend.components.video_preview import Shown, video_preview
from frontend.forms.about_video import ask_about_video
from frontend.forms.audience import ask_audience
from frontend.forms.fault_places import FaultPlaces
from frontend.forms.publish_bar import check, publish_bar, stays_private
from frontend.forms.video_words import ask_video_words
from frontend.forms.word_writer import WITH_WORDS, take_up, tell_notes, write_words
from frontend.problems import show
from frontend.publish_words import AUDIENCES
from frontend.publishing import VideoDraft, draft_in

VIDEO, THUMBNAIL, WAVEFORM = "mix.mp4", "thumbnail.jpg", "waveform.json"
#: What stands against it because of the connection is told by the connection's own card.
TOLD_ABOVE = ("not_configured", "youtube_not_connected", "youtube_reconnect")
YOUTUBES_CHOICE = "YouTube takes a picture from the video."
NO_VIDEO_YET = "The video is made before it goes online."
#: How long finished mixes are; it never changes.
LENGTHS = session.Key[dict[str, float]]("lengths")


def publication_form(job: JobView, status: YouTubeStatus, *, again: bool) -> None:
    """The fields, the preview beside them, and the button at the end."""
    begin(job, again=again)
    take_up(job.id)
    places, is_ready = FaultPlaces(), job.status == "succeeded"
    fields, seen = st.columns([7, 5], gap="large")
    with fields:
        ask_video_words(job.id, places, is_ready=is_ready)
        if is_ready and job.kind in WITH_WORDS:
            write_words(job)
            tell_notes(job.id)
        st.subheader("Who may see it", anchor=False)
        ask_audience(job.id, places)
        st.subheader("About the video", anchor=False)
        ask_about_video(job.id, status, places)
        rest = st.container(gap="xsmall", key="faults_rest")
    draft = draft_in(job.id)
    checked = check(job, draft, again=again)
    with seen:
        preview(job, status, draft, checked)
    if isinstance(checked, ApiError):
        show(checked)
        return publish_bar(job, status, draft, None, again=again)
    places.tell([one for one in checked.faults if one.code not in TOLD_ABOVE], rest)
    return publish_bar(job, status, draft, checked, again=again)


def begin(job: JobView, *, again: bool) -> None:
    """Fill the fields once: with what would go online if nobody said anything."""
    if publishing.begun(job.id):
        return
    draft = publishing.first_draft(job, st.context.timezone)
    checked = check(job, draft, again=again)
    if not isinstance(checked, ApiError):
        own = {"title": checked.title, "description": checked.description or ""}
        draft = draft.model_copy(update={**own, "tags": checked.tags})
    publishing.fill(job.id, draft)


def length(job: JobView, made: set[str]) -> str:
    """How long a mix is, once it is there."""
    held = LENGTHS.get() or {}
    if job.id not in held:
        if job.status != "succeeded" or WAVEFORM not in made:
            return ""
        seconds = session.api().artifact(job.id, WAVEFORM, WaveformView).duration_s
        held = {**held, job.id: seconds}
        LENGTHS.put(held)
    return words.clock(held[job.id])


def preview(
    job: JobView, status: YouTubeStatus, draft: VideoDraft, checked: PreflightView | ApiError
) -> None:
    """What viewers would see; the words are those that would be sent."""
    title, text, chapters = draft.title, draft.description or None, []
    audience = draft.audience
    if not isinstance(checked, ApiError):
        title, text, chapters = checked.title, checked.description, checked.chapters
        audience = "private" if stays_private(checked) else audience
    made = {artifact.name for artifact in job.artifacts}
    has_picture = draft.thumbnail and THUMBNAIL in made
    picture = session.link_to(job.id, THUMBNAIL, inline=True) if has_picture else None
    with st.container(key="preview", gap="small"):
        st.subheader("As YouTube would show it", anchor=False)
        video_preview(
            Shown(
                title=title,
                channel=status.channel.title if status.channel else "Your channel",
                seen_by=AUDIENCES[audience],
                description=text,
                chapters=chapters,
                picture_url=picture,
                no_picture=YOUTUBES_CHOICE if VIDEO in made else NO_VIDEO_YET,
                length=length(job, made),
            )
        )
        if VIDEO in made:
            with st.expander("Watch the video", icon=":material/movie:"):
                st.video(session.link_to(job.id, VIDEO, inline=True), alt=f"Video of {job.title}")
