"""A job as a card: where it stands, live while it works, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from backend.app.contract.jobs import JobRequest, JobView, StepView
from frontend import session, words
from frontend.job_kinds import KINDS, JobKind, tracks_in, with_draft
from frontend.problems import escaped, show, told_in_words

BadgeColor = Literal["gray", "blue", "green", "red"]

REFRESH_S = 1.0
ACTIVE = ("queued", "running")
BADGES: dict[str, tuple[str, str, BadgeColor]] = {
    "queued": ("Waiting", ":material/hourglass_top:", "gray"),
    "running": ("Working", ":material/graphic_eq:", "blue"),
    "succeeded": ("Finished", ":material/check_circle:", "green"),
    "failed": ("Failed", ":material/error:", "red"),
    "cancelled": ("Cancelled", ":material/block:", "gray"),
}
#: A model that cannot be had; the draft needs none.
WANT_OF_WEIGHTS = ("weights_unreachable", "no_models_folder", "bad_weights", "unknown_model")
#: A connection to YouTube that is missing, has ended, or is to another channel.
WANT_OF_CHANNEL = ("youtube_reconnect", "youtube_not_connected", "other_channel")
STEP_ICONS = {
    "waiting": ":material/radio_button_unchecked:",
    "running": ":material/graphic_eq:",
    "succeeded": ":material/check_circle:",
    "failed": ":material/error:",
}


def job_card(job: JobView, *, in_detail: bool, opens: bool = True) -> None:
    """One job; it follows a working one by itself, and ``opens`` what it made."""
    with st.container(border=True, key=f"job_{job.id}"):
        if job.status in ACTIVE:
            st.fragment(follow, run_every=REFRESH_S)(job.id, in_detail=in_detail)
        else:
            show_job(job, in_detail=in_detail, opens=opens)


def follow(job_id: str, *, in_detail: bool) -> None:
    """The job as it stands this second; once it has ended, the whole page is drawn instead.

    A button that only this fragment drew would be dead as soon as the page no longer follows.
    """
    with told_in_words():
        job = session.api().job(job_id)
        if job.status not in ACTIVE:
            st.rerun()
        show_job(job, in_detail=in_detail)


def show_job(job: JobView, *, in_detail: bool, opens: bool = True) -> None:
    """Title, standing, progress, error and actions."""
    headline(job)
    if job.status in ACTIVE:
        said = words.standing(job, st.context.timezone)
        st.progress(min(1.0, job.progress / 100), text=said)
        if job.resumes_at and job.detail:
            st.caption(escaped(job.detail))
        if in_detail:
            st.markdown("  \n".join(step_line(step, job) for step in job.steps))
    if job.error:
        show(job.error)
    actions(job, opens=opens)


def headline(job: JobView) -> None:
    """What it is and how it stands; a word and a sign, not only a colour."""
    label, icon, color = BADGES[job.status]
    kind = KINDS[job.kind]
    with st.container(horizontal=True, vertical_alignment="center", key=f"headline_{job.id}"):
        st.subheader(escaped(job.title) or kind.untitled, anchor=False, width="content")
        st.badge(label, icon=icon, color=color)
    count = tracks_in(job.request)
    made = words.day_and_time(job.created_at, st.context.timezone)
    facts = [f"{kind.icon} {kind.word}", words.tracks(count) if count else "", made]
    st.caption(" · ".join(fact for fact in facts if fact))


def step_line(step: StepView, job: JobView) -> str:
    """One step of a job: what a running one is at, the time of one that has ended."""
    line = f"{STEP_ICONS[step.state]} {words.step(step.name, job.kind)}"
    if step.state == "running":
        at = f" · {escaped(job.detail)}" if job.detail else ""
        return f"**{line}** — {step.progress:.0f} %{at}"
    return line if step.seconds is None else f"{line} — {words.took(step.seconds)}"


def actions(job: JobView, *, opens: bool) -> None:
    """What can be done with a job as it stands."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"actions_{job.id}"):
        if job.status == "succeeded" and opens:
            open_result(job, KINDS[job.kind])
        if job.status in ACTIVE:
            act("Cancel", ":material/stop_circle:", session.api().cancel, job)
        wants_channel = job.error is not None and job.error.code in WANT_OF_CHANNEL
        if wants_channel and opens:
            connect_instead(job)
        draft = draft_instead(job)
        if draft is not None and st.button(
            "Start again with the draft",
            icon=":material/draft:",
            type="primary",
            key=f"draft_{job.id}",
        ):
            follow_up(session.api().start(draft))
        if may_go_on(job):
            retry = session.api().retry
            act(
                "Retry",
                ":material/replay:",
                retry,
                job,
                primary=draft is None and not wants_channel,
            )
        if job.status not in ACTIVE:
            delete(job, KINDS[job.kind])


def connect_instead(job: JobView) -> None:
    """The way to the page on which YouTube is connected, for a job that has come to want it."""
    label = "Connect YouTube"
    if st.button(label, icon=":material/link:", type="primary", key=f"reconnect_{job.id}"):
        st.switch_page(KINDS["publish"].page, query_params={"job": job.id})


def may_go_on(job: JobView) -> bool:
    """Whether the same job may get further if it is tried again."""
    if job.status == "failed":
        return job.error is None or job.error.retryable
    return job.status == "cancelled"


def draft_instead(job: JobView) -> JobRequest | None:
    """What to ask for in place of a job that has come to nothing for want of a model."""
    wanting = job.status == "failed" and job.error and job.error.code in WANT_OF_WEIGHTS
    return with_draft(job.request) if wanting else None


def follow_up(job: JobView) -> None:
    """Show a job that was started in place of another one."""
    page = "views/jobs.py" if job.kind == "mixtape" else KINDS[job.kind].page
    st.switch_page(page, query_params={"job": job.id})


def open_result(job: JobView, kind: JobKind) -> None:
    """The way to what came out."""
    label = f"Open the {kind.makes}"
    if st.button(label, icon=":material/play_circle:", type="primary", key=f"open_{job.id}"):
        st.switch_page(kind.page, query_params={"job": job.id})


def act(
    label: str,
    icon: str,
    call: Callable[[str], JobView],
    job: JobView,
    *,
    primary: bool = False,
) -> None:
    """A button that asks the API for something and shows what became of the job."""
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    if st.button(label, icon=icon, type=kind, key=f"{label}_{job.id}"):
        call(job.id)
        st.rerun()


def delete(job: JobView, kind: JobKind) -> None:
    """Delete, after a second thought."""
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown(f"The {kind.makes} and all its files go. {kind.parting}")
        if st.button("Delete for good", key=f"delete_{job.id}", type="primary"):
            session.api().delete(job.id)
            st.query_params.pop("job", None)
            st.rerun()
