"""Show what is known of a publication: state, link, audience."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import PublicationView
from frontend.error_messages import escaped
from frontend.labels import figures
from frontend.labels.publish import publication_state, seen_by
from frontend.state import publish_draft


def show_published(publication: PublicationView) -> None:
    """Show a published video: title, channel, audience, link."""
    zone = st.context.timezone
    with st.container(border=True, key=f"published_{publication.job_id}"):
        facts, button = st.columns([3, 1], vertical_alignment="center")
        with facts:
            st.subheader(headline(publication), anchor=False)
            title = escaped(publication.title) or "Untitled video"
            channel = publication.channel_title
            st.markdown(f"**{title}** · {escaped(channel)}" if channel else f"**{title}**")
            audience = seen_by(publication, zone)
            at = publication.published_at
            uploaded = f" Uploaded {figures.day_and_time(at, zone)}." if at else ""
            st.caption(f"{audience}{uploaded}")
        if publication.url:
            button.link_button(
                "Watch on YouTube",
                publication.url,
                icon=":material/open_in_new:",
                type="primary",
                width="stretch",
                key=f"watch_{publication.job_id}",
            )
            st.code(publication.url, language=None, wrap_lines=True)


def headline(publication: PublicationView) -> str:
    """Describe the publication's state, with an icon."""
    if publication.state == "published":
        return ":green[:material/check_circle:] Published"
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
            st.link_button(
                "Watch on YouTube",
                str(publication.url),
                icon=":material/open_in_new:",
                type="tertiary",
            )
            st.caption(publication_state(publication))
        if unfinished and not online:
            st.caption(publication_state(unfinished))
