"""What became of publications: the link to the video, who can see it, how one is getting on."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import PublicationView
from frontend import publishing, words
from frontend.problems import escaped
from frontend.publish_words import in_short, seen_by


def show_published(publication: PublicationView, *, is_audited: bool) -> None:
    """There is a video: where, under which name, for whom; Google audits a server's project."""
    zone = st.context.timezone
    with st.container(border=True, key=f"published_{publication.job_id}"):
        said, way = st.columns([3, 1], vertical_alignment="center")
        with said:
            st.subheader(headline(publication), anchor=False)
            title = escaped(publication.title) or "Untitled video"
            where = f" · {escaped(publication.channel_title)}" if publication.channel_title else ""
            st.markdown(f"**{title}**{where}")
            seen = seen_by(publication, zone, is_audited=is_audited)
            st.caption(f"{seen} {since(publication, zone)}".strip())
        with way:
            watch_button(publication, stretch=True)
        if publication.url:
            st.code(publication.url, language=None, wrap_lines=True)


def headline(publication: PublicationView) -> str:
    """How it stands, with its sign."""
    if publication.state == "published":
        return ":green[:material/check_circle:] Published"
    if publication.state == "processing":
        return ":material/hourglass_top: YouTube is working on it"
    return ":orange[:material/warning:] The video is on YouTube, but not all is done"


def since(publication: PublicationView, zone: str | None) -> str:
    """When it went there."""
    if publication.published_at is None:
        return ""
    return f"Uploaded {words.day_and_time(publication.published_at, zone)}."


def watch_button(publication: PublicationView, *, stretch: bool = False) -> None:
    """The way to the video, in a new tab."""
    if publication.url:
        st.link_button(
            "Watch on YouTube",
            publication.url,
            icon=":material/open_in_new:",
            type="primary",
            width="stretch" if stretch else "content",
            key=f"watch_{publication.job_id}",
        )


def publication_line(job: JobView) -> None:
    """Below a finished mix: what is online of it, and the way to publish it."""
    with st.container(horizontal=True, vertical_alignment="center", key="publication_line"):
        fresh = not publishing.online(job.publications)
        waits = publishing.on_its_way(job.publications)
        if st.button(
            label(job.publications),
            icon=":material/publish:",
            type="primary" if fresh else "secondary",
            key="publish",
        ):
            st.switch_page("views/publish.py", query_params={"job": job.id})
        for publication in publishing.online(job.publications)[:1]:
            st.link_button(
                "Watch on YouTube",
                str(publication.url),
                icon=":material/open_in_new:",
                type="tertiary",
            )
            st.caption(in_short(publication))
        if waits and fresh:
            st.caption(in_short(waits))


def label(publications: Sequence[PublicationView]) -> str:
    """What the way to the page of publishing is called."""
    begun = publishing.online(publications) or publishing.on_its_way(publications)
    return "Publication" if begun else "Publish"
