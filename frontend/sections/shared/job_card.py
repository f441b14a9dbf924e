"""A job as a card: status, live progress, error, buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from backend.app.contract.job_list import ListedJob
from backend.app.contract.jobs import JobSummary, JobView, StemMixRequest, StepView
from frontend.api.errors import ApiError
from frontend.error_messages import error_text, escaped
from frontend.labels import figures, job_status
from frontend.labels.job_kinds import KINDS, kind_of
from frontend.labels.publish import STUDIO
from frontend.sections.shared.downloads import ARCHIVE, audio_files, download_button
from frontend.sections.shared.draft_separator_fallback import draft_retry
from frontend.sections.shared.refresh import follow_job
from frontend.state import session, youtube_state
from frontend.state.job_state import artifacts_by_name, is_active

BadgeColor = Literal["gray", "blue", "green", "red"]

BADGES: dict[str, tuple[str, str, BadgeColor]] = {
    "queued": ("Waiting", ":material/hourglass_top:", "gray"),
    "running": ("Running", ":material/graphic_eq:", "blue"),
    "succeeded": ("Finished", ":material/check_circle:", "green"),
    "failed": ("Failed", ":material/error:", "red"),
    "cancelled": ("Cancelled", ":material/block:", "gray"),
}
#: Error of an upload of which only a person can say whether it became a video.
MAY_BE_ONLINE = "upload_uncertain"
#: Status of a job that another version of Segue made.
OTHER_VERSION = "other_version"
#: Badge of a publish job that only waits for YouTube.
ON_YOUTUBE: tuple[str, str, BadgeColor] = ("On YouTube", ":material/cloud_done:", "blue")
STEP_ICONS = {
    "waiting": ":material/radio_button_unchecked:",
    "running": ":material/graphic_eq:",
    "succeeded": ":material/check_circle:",
    "failed": ":material/error:",
}


def job_card(
    job: JobSummary,
    *,
    in_detail: bool,
    opens: bool = True,
    redraws_page: Callable[[JobView], bool] = lambda _: False,
) -> None:
    """Show a job and follow its progress.

    ``opens`` adds a button that opens the result. ``redraws_page``: whether the page has to be
    drawn again although the job has not ended.
    """

    def follow(job: JobView) -> None:
        if redraws_page(job):
            st.rerun()
        show_job(job, in_detail=in_detail)

    with st.container(border=True, key=f"job_{job.id}"):
        if is_active(job):
            follow_job(job.id, follow)
        else:
            show_job(job, in_detail=in_detail, opens=opens)


def show_job(job: JobSummary, *, in_detail: bool, opens: bool = True) -> None:
    """Show a job's title, progress, error and buttons."""
    headline(job)
    if job.kind == "publish" and job.status == "queued":
        warn_of_lost_connection(job)
    if is_active(job):
        status = job_status.job_status(job, st.context.timezone)
        st.progress(min(1.0, job.progress / 100), text=status)
        if job.resumes_at and job.detail:
            st.caption(escaped(job.detail))
        if in_detail:
            st.markdown("  \n".join(step_line(step, job) for step in job.steps))
    if job.error and job.error.code == OTHER_VERSION:
        st.caption(escaped(f"{job.error.message} {job.error.hint}"))
    elif job.error:
        with st.container(gap="xsmall"):
            error_text(job.error)
    actions(job, opens=opens)


def warn_of_lost_connection(job: JobSummary) -> None:
    """Warn if a waiting publication would fail, because YouTube ended the connection."""
    status = youtube_state.recent_status()
    if isinstance(status, ApiError) or youtube_state.is_usable(status):
        return
    what = "has ended" if status.connected else "is missing"
    st.markdown(
        f":red[:material/link_off:] The connection to YouTube {what}. "
        "Connect your channel again, or this publication will fail."
    )
    page = KINDS["publish"].page
    page_button("Connect YouTube", ":material/link:", page, job, f"reconnect_{job.id}")


def headline(job: JobSummary) -> None:
    """Show a job's title, kind and status; the status has text and icon besides colour."""
    is_online = job.status == "queued" and job_status.has_video(job)
    label, icon, color = ON_YOUTUBE if is_online else BADGES[job.status]
    kind = kind_of(job)
    with st.container(horizontal=True, vertical_alignment="center", key=f"headline_{job.id}"):
        st.subheader(escaped(job.title) or kind.untitled, anchor=False, width="content")
        st.badge(label, icon=icon, color=color)
    count = job.n_tracks
    created = figures.day_and_time(job.created_at, st.context.timezone)
    facts = [f"{kind.icon} {kind.name}", figures.counted(count, "track") if count else "", created]
    st.caption(" · ".join(fact for fact in facts if fact))


def step_line(step: StepView, job: JobSummary) -> str:
    """Describe a step: progress while it runs, its duration once finished."""
    line = f"{STEP_ICONS[step.state]} {job_status.step(step.name, job.kind)}"
    if step.state == "running":
        # If several steps run at the same time, the job's detail is shown with the first.
        detail = f" · {escaped(job.detail)}" if job.detail and step.name == job.step else ""
        return f"**{line}** — {100 * step.progress:.0f} %{detail}"
    return line if step.seconds is None else f"{line} — {figures.elapsed(step.seconds)}"


def actions(job: JobSummary, *, opens: bool) -> None:
    """Draw the buttons that the job's status allows."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"actions_{job.id}"):
        kind = kind_of(job)
        if job.status == "succeeded" and opens and kind.page:
            label = f"Open the {kind.result}"
            page_button(label, ":material/play_circle:", kind.page, job, f"open_{job.id}")
        if job.status == "succeeded" and not kind.page:
            download_button(job.id, ARCHIVE, "All as one ZIP", icon=":material/folder_zip:")
        if job.status == "running" and isinstance(job, JobView) and opens_early(job):
            page_button("Listen now", ":material/play_circle:", kind.page, job, f"listen_{job.id}")
        if job.resumes_at:
            action_button("Try now", ":material/play_arrow:", session.api().start_now, job)
        if is_active(job):
            action_button("Cancel", ":material/stop_circle:", session.api().cancel, job)
        has_fix = draft_button(job)
        if opens and job.error is not None and job.error.code in youtube_state.CONNECTION_ERRORS:
            has_fix = True
            page = KINDS["publish"].page
            page_button("Connect YouTube", ":material/link:", page, job, f"reconnect_{job.id}")
        if job.error is not None and job.error.code == MAY_BE_ONLINE:
            retry_after_a_look(job)
        elif can_retry(job):
            retry = session.api().retry
            is_next = job.status == "failed" and not has_fix
            action_button("Retry", ":material/replay:", retry, job, primary=is_next)
        if not is_active(job):
            delete_button(job)


def opens_early(job: JobView) -> bool:
    """Whether a running job's page can already play its sound."""
    files = artifacts_by_name(job)
    return job.kind == "mixtape" and any(name in files for name in audio_files("mix"))


def page_button(label: str, icon: str, page: str, job: JobSummary, key: str) -> None:
    """Draw a button that opens a page for this job."""
    if st.button(label, icon=icon, type="primary", key=key):
        st.switch_page(page, query_params={"job": shown_with(job)})


def shown_with(job: JobSummary) -> str:
    """Return the id of the job whose page shows this job.

    A stem mix is shown on the page of its stems job.
    """
    if isinstance(job, JobView) and isinstance(job.request, StemMixRequest):
        return job.request.job_id
    if isinstance(job, ListedJob) and job.kind == "stem_mix":
        return str(job.request.get("job_id", job.id))
    return job.id


def draft_button(job: JobSummary) -> bool:
    """Offer to start again with the draft separator; return True if that is possible."""
    request = draft_retry(job)
    if request is None:
        return False
    if st.button(
        "Start again with the draft separator",
        icon=":material/draft:",
        type="primary",
        key=f"draft_{job.id}",
    ):
        started = session.api().start(request)
        page = "views/jobs.py" if started.kind == "mixtape" else KINDS[started.kind].page
        st.switch_page(page, query_params={"job": started.id})
    return True


def can_retry(job: JobSummary) -> bool:
    """Whether a retry of the job may succeed."""
    is_permanent = job.error is not None and not job.error.retryable
    return job.status in ("failed", "cancelled") and not is_permanent


def action_button(
    label: str, icon: str, call: Callable[[str], JobView], job: JobSummary, *, primary: bool = False
) -> None:
    """Draw a button that calls the API with the job's id."""
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    if st.button(label, icon=icon, type=kind, key=f"{label}_{job.id}"):
        call(job.id)
        st.rerun()


def retry_after_a_look(job: JobSummary) -> None:
    """Ask whether the video is on YouTube before a retry, which could make a second one."""
    with st.popover("Retry…", icon=":material/replay:", type="primary"):
        st.markdown("**Is the video on your channel?**")
        st.markdown(
            "Look in YouTube Studio. If the video is there, you are done. If it is still missing "
            "after some minutes, retry: Segue searches the channel once more, and uploads the "
            "video again only if it does not find it."
        )
        st.link_button("Open YouTube Studio", STUDIO, icon=":material/open_in_new:")
        if st.button("I looked, it is not there: retry", key=f"looked_{job.id}", type="primary"):
            session.api().retry(job.id, not_on_youtube=True)
            st.rerun()


def delete_button(job: JobSummary) -> None:
    """Draw a button that deletes the job after a confirmation."""
    kind = kind_of(job)
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown(f"This deletes the {kind.result} and all its files. {kind.delete_note}")
        if st.button("Delete permanently", key=f"delete_{job.id}", type="primary"):
            session.api().delete(job.id)
            st.query_params.pop("job", None)
            st.rerun()
