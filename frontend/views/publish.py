"""Publish page: connect a channel, publish a mix, follow its upload."""

from __future__ import annotations

from functools import partial

import streamlit as st

from backend.app.contract.job_list import JobQuery
from backend.app.contract.jobs import JobSummary, JobView, PublishRequest
from backend.app.contract.publishing import FaultView, PreflightView, PublicationView
from frontend.api.errors import ApiError, attempt, found
from frontend.error_messages import escaped
from frontend.labels.job_kinds import kind_of
from frontend.labels.job_status import job_status
from frontend.labels.publish import STUDIO, publication_state
from frontend.sections.publish.connect_youtube import return_from_google
from frontend.sections.publish.publication_form import publication_form
from frontend.sections.publish.publication_record import show_published
from frontend.sections.publish.publish_bar import check
from frontend.sections.publish.youtube_connection import connection_card
from frontend.sections.shared.form_restore import keep_over_reload
from frontend.sections.shared.job_card import job_card
from frontend.sections.shared.job_page import job_buttons, load_job
from frontend.sections.shared.refresh import follow_job
from frontend.state import publish_draft, saved_page, session, video_edit_draft, youtube_state
from frontend.state.job_state import is_active
from frontend.state.publish_draft import AGAIN, VideoDraft

N_SHOWN = 12
REFRESH_S = 2.0


def view() -> None:
    """Draw the page: the mix named in the address, else a list of mixes."""
    return_from_google()
    job_id = st.query_params.get("job")
    if job_id is None:
        return choose()
    job = load_job(job_id, "Publish")
    if job is None:
        return None
    if isinstance(job.request, PublishRequest):
        return show_publish_job(job, job.request)
    return publish(job)


def choose() -> None:
    """Show the YouTube connection, and all mixes that can be published."""
    st.title("Publish", anchor=False)
    connection_card(youtube_state.status())
    st.subheader("What to publish", anchor=False)
    wanted = JobQuery(
        kind=[*publish_draft.PUBLISHABLE],
        status=["queued", "running", "succeeded"],
        limit=N_SHOWN,
    )
    jobs = session.api().jobs(wanted).jobs
    if not jobs:
        st.caption("Nothing yet. Your mixes, mashups and restyles appear here.")
    job_buttons(jobs, "choose", status_of)


def is_publishable(job: JobView) -> bool:
    """Whether the job makes something that can be published."""
    return job.kind in publish_draft.PUBLISHABLE and (is_active(job) or job.status == "succeeded")


def status_of(job: JobSummary) -> str:
    """Return the state of the job's publication, else of the job."""
    publications = publish_draft.online(job.publications) or job.publications[-1:]
    if publications:
        return publication_state(publications[0])
    return "not published" if job.status == "succeeded" else job_status(job)


def show_publish_job(job: JobView, request: PublishRequest) -> None:
    """Show the published mix of a publish job, or the publish job if the mix was deleted."""
    mix = found(lambda: session.api().job(request.job_id))
    if mix is not None:
        return publish(mix)
    heading(job)
    st.caption("The published mix was deleted.")
    status = youtube_state.status()
    for publication in publish_draft.online(job.publications):
        show_published(publication, status, may_edit=False)
    return job_card(job, in_detail=True, opens=False)


def publish(job: JobView) -> None:
    """Show the channel, a mix's publications, and the form for a new one."""
    keep_over_reload(saved_page.publish_page(job.id))
    heading(job)
    status = youtube_state.status()
    connection_card(status)
    online = publish_draft.online(job.publications)
    again = AGAIN.get() == job.id
    for publication in online:
        show_published(publication, status)
    if show_latest(job.publications):
        return AGAIN.drop()  # the user's confirmation was for this publication only
    if not is_publishable(job):
        st.markdown(f"{job_status(job)}: nothing to publish.")
        return None
    is_online = any(one.state != "rejected" for one in online)
    doubt = None if is_online or again else possible_duplicate(job)
    if doubt:
        warn_of_duplicate(doubt)
    if doubt or (is_online and not again):
        return confirm_again(job, is_online=is_online)
    if again:
        offer_cancel()
    return publication_form(job, status, again=again)


def heading(job: JobView) -> None:
    """Show the mix's title and a link back to its result."""
    kind = kind_of(job)
    with st.container(key="publish_heading", gap="xsmall"):
        st.page_link(
            kind.page
            if kind.page and job.status == "succeeded" and job.kind != "publish"
            else "views/jobs.py",
            label=f"Back to the {kind.result}",
            icon=":material/arrow_back:",
            query_params={"job": job.id},
        )
        with st.container(horizontal=True, vertical_alignment="center", key="heading"):
            st.title("Publish", anchor=False)
            st.button(
                "All results",
                icon=":material/list:",
                type="tertiary",
                key="all_results",
                on_click=st.query_params.clear,
            )
        st.markdown(f"{kind.icon} **{escaped(job.title) or kind.untitled}**")
        if is_active(job) and job.kind != "publish":
            follow_job(job.id, show_progress, every_s=REFRESH_S)


def show_progress(job: JobView) -> None:
    """Show the progress of an unfinished mix."""
    st.caption(f"Not finished yet: {job_status(job, st.context.timezone)}.")


def show_latest(publications: list[PublicationView]) -> bool:
    """Show the latest publication if it is unfinished or failed; return True if unfinished."""
    unfinished = publish_draft.unfinished(publications)
    failed = next((one for one in publications[-1:] if one.state == "failed"), None)
    latest = unfinished or failed
    # a publication's record outlives its job
    job = found(lambda: session.api().job(latest.job_id)) if latest else None
    if job is None:
        return False
    if unfinished and not is_active(job):
        # it ended after the mix was loaded: without a rerun the page would stay as it is
        st.rerun()
    known = publish_draft.online(publications)
    job_card(
        job,
        in_detail=True,
        opens=False,
        # the page shows a new video above the job
        redraws_page=lambda job: any(
            one.job_id not in [shown.job_id for shown in known]
            for one in publish_draft.online(job.publications)
        ),
    )
    return unfinished is not None


def possible_duplicate(job: JobView) -> FaultView | None:
    """Return a warning if the mix may be online already, though no link to it is known."""
    checked = check(job, VideoDraft(), again=False) if job.publications else None
    faults = checked.faults if isinstance(checked, PreflightView) else []
    return next((fault for fault in faults if fault.code == "already_published"), None)


def warn_of_duplicate(doubt: FaultView) -> None:
    """Ask the user to look for the video on YouTube, because only its owner can see it."""
    with st.container(border=True, gap="xsmall", key="in_doubt"):
        st.subheader(":orange[:material/help:] Look in YouTube Studio first", anchor=False)
        st.markdown(escaped(doubt.message))
        st.caption(
            "If the video is there, you are done. If it is not, retry the failed job if that is "
            "offered, or publish the mix again."
        )
        st.link_button("Open YouTube Studio", STUDIO, icon=":material/open_in_new:")


def confirm_again(job: JobView, *, is_online: bool) -> None:
    """Offer to publish a mix a second time, after a confirmation."""
    with st.popover("Publish again", icon=":material/publish:", type="tertiary"):
        if is_online:
            st.markdown("Your channel will have another video of this mix.")
        else:
            st.markdown("If the first video is online after all, your channel will have two.")
        if st.button("Continue", key="publish_again", type="primary"):
            begin_again(job)
            st.rerun()


def begin_again(job: JobView) -> None:
    """Open the form with the texts of the newest video, as they are on YouTube."""
    AGAIN.put(job.id)
    video_edit_draft.close()  # one form at a time
    for publication in publish_draft.online(job.publications)[:1]:
        video = attempt(partial(session.api().video, publication.job_id))
        if not isinstance(video, ApiError):
            draft = video_edit_draft.draft_like(video, st.context.timezone)
            publish_draft.fill(job.id, draft)


def offer_cancel() -> None:
    """Say that the form makes another video, and offer to close it."""
    with st.container(horizontal=True, vertical_alignment="center", key="again_line"):
        st.markdown("**Publish again:** the form makes another video of this mix.")
        if st.button("Cancel", icon=":material/close:", key="cancel_again"):
            AGAIN.drop()
            st.rerun()


view()
