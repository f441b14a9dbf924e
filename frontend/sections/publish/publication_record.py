"""Show what is known of a publication: state, link, audience, what YouTube has against it."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import PublicationView, VideoRemark, YouTubeStatus
from frontend.api.errors import found
from frontend.error_messages import escaped
from frontend.labels import figures
from frontend.labels.publish import looks, publication_state, refused, seen_by
from frontend.sections.publish.edit_video import edit_video
from frontend.sections.shared.refresh import refresh
from frontend.state import publish_draft, session, youtube_state

#: Looks are minutes apart, so their results need not be shown faster.
LOOKS_S = 20.0


def show_published(
    publication: PublicationView, status: YouTubeStatus, *, may_edit: bool = True
) -> None:
    """Show an uploaded video: title, channel, audience, remarks, link.

    While looks at it are to come, an open page shows them. ``status`` is the connection's.
    ``may_edit``: also offer to edit the video.
    """
    is_connected = youtube_state.is_usable(status)
    with st.container(border=True, key=f"published_{publication.job_id}"):
        if publication.looks_again_at is None:
            show_video(publication, is_connected=is_connected)
        else:

            def draw() -> None:
                show_video(as_it_is_now(publication), is_connected=is_connected)

            refresh(draw, LOOKS_S)
        if may_edit:
            edit_video(publication, status)


def as_it_is_now(publication: PublicationView) -> PublicationView:
    """Load the publication again; return it as it was if its job is deleted."""
    job = found(lambda: session.api().job(publication.job_id))
    same = (one for one in job.publications if one.job_id == publication.job_id) if job else ()
    return next(iter(same), publication)


def show_video(publication: PublicationView, *, is_connected: bool) -> None:
    """Show what is known of the video, with its links."""
    facts, button = st.columns([3, 1], vertical_alignment="center")
    with facts:
        show_facts(publication, is_connected=is_connected)
    for remark in publication.remarks:
        show_remark(remark)
    with button:
        video_links(publication)
    if publication.url and publication.state != "rejected":
        st.code(publication.url, language=None, wrap_lines=True)


def show_facts(publication: PublicationView, *, is_connected: bool) -> None:
    """Show the video's state, title, channel and audience, and the looks at it."""
    zone = st.context.timezone
    st.subheader(headline(publication), anchor=False)
    title = escaped(publication.title) or "Untitled video"
    channel = publication.channel_title
    st.markdown(f"**{title}** · {escaped(channel)}" if channel else f"**{title}**")
    audience = seen_by(publication, zone)
    at = publication.published_at
    published = f" Published {figures.day_and_time(at, zone)}." if at else ""
    looked = looks(publication, zone, is_connected=is_connected)
    parts = (f"{audience}{published}", looked)
    st.caption(" ".join(part for part in parts if part))


def show_remark(remark: VideoRemark) -> None:
    """Show what YouTube has against the video, and what to do."""
    color, icon = ("red", "block") if remark.is_refusal else ("orange", "gavel")
    if remark.code == "privacy_changed":
        icon = "visibility"
    with st.container(gap=None):
        st.markdown(f":{color}[:material/{icon}:] **{escaped(remark.message)}**")
        if remark.hint:
            st.caption(escaped(remark.hint))


def video_links(publication: PublicationView) -> None:
    """Draw links to the video, and to YouTube Studio if there is something to do."""
    is_refused = publication.state == "rejected"
    if publication.url and not is_refused:
        st.link_button(
            "Watch on YouTube",
            publication.url,
            icon=":material/open_in_new:",
            type="primary",
            width="stretch",
            key=f"watch_{publication.job_id}",
        )
    if publication.studio_url and publication.remarks:
        st.link_button(
            "YouTube Studio",
            publication.studio_url,
            icon=":material/open_in_new:",
            type="primary" if is_refused else "secondary",
            width="stretch",
            key=f"studio_{publication.job_id}",
        )


def headline(publication: PublicationView) -> str:
    """Describe the publication's state, with an icon."""
    if publication.state == "published":
        return ":green[:material/check_circle:] Published"
    if publication.state == "rejected":
        return f":red[:material/block:] {refused(publication)}"
    if publication.state == "processing" and publication.then_privacy:
        return ":material/lock_clock: Waiting for YouTube's checks"
    if publication.state == "processing":
        return ":material/hourglass_top: YouTube is processing it"
    return ":orange[:material/warning:] Uploaded, but some steps are not finished"


def publication_line(job: JobView) -> None:
    """Below a finished mix, show its publication's state and a link to the Publish page."""
    online = publish_draft.online(job.publications)
    unfinished = publish_draft.unfinished(job.publications)
    with st.container(horizontal=True, vertical_alignment="center", key="publication_line"):
        if st.button(
            "Publication" if online or unfinished else "Publish",
            icon=":material/publish:",
            type="secondary" if online else "primary",
            key="publish",
        ):
            st.switch_page("views/publish.py", query_params={"job": job.id})
        for publication in online[:1]:
            is_refused = publication.state == "rejected"
            st.link_button(
                "YouTube Studio" if is_refused else "Watch on YouTube",
                str(publication.studio_url if is_refused else publication.url),
                icon=":material/open_in_new:",
                type="tertiary",
            )
            st.caption(publication_state(publication))
        if unfinished and not online:
            st.caption(publication_state(unfinished))
