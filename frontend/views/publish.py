"""Publish: connect a channel, say what is to stand there, put a mix online, see how it went."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView, PublishRequest
from backend.app.contract.publishing import FaultView, PreflightView, PublicationView
from frontend import channel, publishing, session, words
from frontend.api_client import ApiError
from frontend.forms.asked_job import asked_job
from frontend.forms.earlier import open_job
from frontend.forms.job_card import job_card
from frontend.forms.publication_form import publication_form
from frontend.forms.publication_record import show_published
from frontend.forms.publish_bar import check
from frontend.forms.youtube_connection import connection_card
from frontend.job_kinds import KINDS
from frontend.problems import escaped, told_in_words
from frontend.publish_words import in_short
from frontend.publishing import VideoDraft

ACTIVE = ("queued", "running")
#: The mix that is to be published another time.
AGAIN = session.Key[str]("publish_once_more")
#: Where owners find all of their videos, private ones and unfinished ones, too.
STUDIO = "https://studio.youtube.com"
SHOWN = 12
REFRESH_S = 2.0


def view() -> None:
    """What to publish, or the mix that the address names and what is online of it."""
    channel.come_back()
    job_id = st.query_params.get("job")
    if job_id is None:
        return choose()
    job = asked_job(job_id, "Publish")
    if job is None:
        return None
    if isinstance(job.request, PublishRequest):
        return publication_of(job, job.request)
    return publish(job)


def choose() -> None:
    """The connection, and everything that could go online."""
    st.title("Publish", anchor=False)
    connection_card(channel.status())
    st.subheader("What to publish", anchor=False)
    jobs = [job for job in session.api().jobs() if may_be_published(job)]
    if not jobs:
        st.caption("Nothing yet: a mix, a mashup or a restyle that is made shows up here.")
    with st.container(key="earlier", gap="small"):
        for job in jobs[:SHOWN]:
            st.button(
                f"{escaped(job.title) or KINDS[job.kind].untitled} · {standing(job)}",
                icon=KINDS[job.kind].icon,
                type="tertiary",
                key=f"choose_{job.id}",
                on_click=open_job,
                args=(job.id,),
            )


def may_be_published(job: JobView) -> bool:
    """Whether it is sound that is there, or on its way."""
    return job.kind in publishing.PUBLISHABLE and job.status in (*ACTIVE, "succeeded")


def standing(job: JobView) -> str:
    """What is online of it, or how far it is."""
    told = publishing.online(job.publications) or job.publications[-1:]
    if told:
        return in_short(told[0])
    return "not published" if job.status == "succeeded" else words.standing(job)


def publication_of(job: JobView, request: PublishRequest) -> None:
    """The page of the mix that a publication is of; without the mix, what is known of it."""
    try:
        mix = session.api().job(request.job_id)
    except ApiError as problem:
        if problem.code != "not_found":
            raise
    else:
        return publish(mix)
    heading(job)
    st.caption("The mix that it was made of is no longer there.")
    is_audited = channel.status().verified_project
    for publication in publishing.online(job.publications):
        show_published(publication, is_audited=is_audited)
    return job_card(job, in_detail=True, opens=False)


def publish(job: JobView) -> None:
    """A mix: the channel, what is online of it, and the form that puts it there."""
    heading(job)
    status = channel.status()
    connection_card(status)
    online = publishing.online(job.publications)
    for publication in online:
        show_published(publication, is_audited=status.verified_project)
    if in_progress(job.publications):
        return AGAIN.drop()  # what was thought over is under way
    if not may_be_published(job):
        return not_there(job)
    again = AGAIN.get() == job.id
    doubt = None if online or again else in_doubt(job)
    if doubt:
        tell_doubt(doubt)
    if doubt or (online and not again):
        return another_time(job, is_sure=bool(online))
    return publication_form(job, status, again=again)


def heading(job: JobView) -> None:
    """What it is about, and the way back to it."""
    kind = KINDS[job.kind]
    with st.container(key="publish_heading", gap="xsmall"):
        st.page_link(
            kind.page if job.status == "succeeded" and job.kind != "publish" else "views/jobs.py",
            label=f"Back to the {kind.makes}",
            icon=":material/arrow_back:",
            query_params={"job": job.id},
        )
        st.title("Publish", anchor=False)
        st.markdown(f"{kind.icon} **{escaped(job.title) or kind.untitled}**")
        if job.status in ACTIVE and job.kind != "publish":
            st.fragment(follow_mix, run_every=REFRESH_S)(job.id)


def follow_mix(job_id: str) -> None:
    """How far a mix is that is still being made; the page is drawn anew once it is there."""
    with told_in_words():
        job = session.api().job(job_id)
        if job.status not in ACTIVE:
            st.rerun()
        st.caption(f"Still in the making: {words.standing(job, st.context.timezone)}.")


def in_progress(publications: list[PublicationView]) -> bool:
    """Follow what is on its way, or tell why the last attempt failed; True for the first."""
    waits = publishing.on_its_way(publications)
    shown = waits or next((one for one in publications[-1:] if one.state == "failed"), None)
    if shown is None:
        return False
    try:
        job = session.api().job(shown.job_id)
    except ApiError as problem:  # a publication is remembered longer than its job
        if problem.code != "not_found":
            raise
        return False
    job_card(job, in_detail=True, opens=False)
    channel.look_again()  # an upload counts against the day
    return waits is not None


def not_there(job: JobView) -> None:
    """A job that made no sound has nothing to publish."""
    st.markdown(f"{words.standing(job)}: there is nothing to publish of it.")


def in_doubt(job: JobView) -> FaultView | None:
    """What is said against another video of a mix that has no link: there may be one already."""
    checked = check(job, VideoDraft(), again=False) if job.publications else None
    faults = checked.faults if isinstance(checked, PreflightView) else []
    return next((fault for fault in faults if fault.code == "already_published"), None)


def tell_doubt(doubt: FaultView) -> None:
    """Only its owner can see whether there is a video."""
    with st.container(border=True, gap="xsmall", key="in_doubt"):
        st.subheader(":orange[:material/help:] Look in YouTube Studio first", anchor=False)
        st.markdown(escaped(doubt.message))
        st.caption(
            "If the video is there, all is well, and nothing is left to do here. If it is not, "
            "retry where that is offered, or publish the mix another time."
        )
        st.link_button("Open YouTube Studio", STUDIO, icon=":material/open_in_new:")


def another_time(job: JobView, *, is_sure: bool) -> None:
    """Another video of the same mix, after a second thought."""
    with st.popover("Publish another time", icon=":material/publish:", type="tertiary"):
        if is_sure:
            st.markdown("There will be two videos of this mix on your channel.")
        else:
            st.markdown("If the first video is there after all, your channel will have two.")
        if st.button("Go on", key="publish_again", type="primary"):
            AGAIN.put(job.id)
            st.rerun()


view()
