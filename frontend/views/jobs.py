"""Jobs: each with where it stands, live while it works, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.jobs import JobView, MixtapeRequest, StepView
from frontend import session, words
from frontend.problems import escaped, show, told_in_words

REFRESH_S = 1.0
ACTIVE = ("queued", "running")
BADGES = {
    "queued": ("Waiting", ":material/hourglass_top:", "gray"),
    "running": ("Working", ":material/graphic_eq:", "blue"),
    "succeeded": ("Finished", ":material/check_circle:", "green"),
    "failed": ("Failed", ":material/error:", "red"),
    "cancelled": ("Cancelled", ":material/block:", "gray"),
}
STEP_ICONS = {
    "waiting": ":material/radio_button_unchecked:",
    "running": ":material/graphic_eq:",
    "succeeded": ":material/check_circle:",
    "failed": ":material/error:",
    "skipped": ":material/remove:",
}


def view() -> None:
    """The job that was asked for on top, all others below, newest first."""
    st.title("Jobs", anchor=False)
    jobs = [job for job in session.api().jobs() if job.kind == "mixtape"]
    asked_for = st.query_params.get("job")
    if not jobs:
        nothing_yet()
    for job in sorted(jobs, key=lambda job: job.id != asked_for):
        card(job, in_detail=job.id == asked_for)


def nothing_yet() -> None:
    """What to do on an empty page."""
    with st.container(border=True, key="nothing"):
        st.markdown("**No mix yet.**")
        st.caption("Drop a few tracks and press Start mixing; you can watch it happen here.")
        st.page_link("views/new_mixtape.py", label="New mixtape", icon=":material/add_circle:")


def card(job: JobView, *, in_detail: bool) -> None:
    """One job; it follows a working one by itself."""
    active = job.status in ACTIVE
    with st.container(border=True, key=f"job_{job.id}"):
        if active:
            st.fragment(follow, run_every=REFRESH_S)(job.id, in_detail=in_detail)
        else:
            show_job(job, in_detail=in_detail)


def follow(job_id: str, *, in_detail: bool) -> None:
    """The job as it stands this second; once it has ended, the whole page is drawn instead.

    A button that only this fragment drew would be dead as soon as the page no longer follows.
    """
    with told_in_words():
        job = session.api().job(job_id)
        if job.status not in ACTIVE:
            st.rerun()
        show_job(job, in_detail=in_detail)


def show_job(job: JobView, *, in_detail: bool) -> None:
    """Title, standing, progress, error and actions."""
    headline(job)
    if job.status in ACTIVE:
        st.progress(min(1.0, job.progress / 100), text=words.standing(job))
        steps = [step for step in job.steps if step.state != "skipped"]
        if in_detail:
            st.markdown("  \n".join(step_line(step, job.detail) for step in steps))
    if job.error:
        show(job.error)
    actions(job)


def headline(job: JobView) -> None:
    """What it is and how it stands; a word and a sign, not only a colour."""
    label, icon, color = BADGES[job.status]
    with st.container(horizontal=True, vertical_alignment="center", key=f"headline_{job.id}"):
        st.subheader(escaped(job.title) or "Untitled mix", anchor=False, width="content")
        st.badge(label, icon=icon, color=color)
    picks = job.request.tracks if isinstance(job.request, MixtapeRequest) else None
    count = len(picks or [])
    made = words.day_and_time(job.created_at, st.context.timezone)
    st.caption(f"{words.tracks(count)} · {made}" if count else made)


def step_line(step: StepView, detail: str | None) -> str:
    """One step of a job: what a running one is at, the time of one that has ended."""
    line = f"{STEP_ICONS[step.state]} {words.step(step.name)}"
    if step.state == "running":
        at = f" · {escaped(detail)}" if detail else ""
        return f"**{line}** — {step.progress:.0f} %{at}"
    return line if step.seconds is None else f"{line} — {words.took(step.seconds)}"


def actions(job: JobView) -> None:
    """What can be done with a job as it stands."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"actions_{job.id}"):
        if job.status == "succeeded":
            open_result(job)
        if job.status in ACTIVE:
            act("Cancel", ":material/stop_circle:", session.api().cancel, job)
        if job.status in ("failed", "cancelled"):
            act("Retry", ":material/replay:", session.api().retry, job, primary=True)
        if job.status not in ACTIVE:
            delete(job)


def open_result(job: JobView) -> None:
    """The way to what came out."""
    if st.button(
        "Open the mix", icon=":material/play_circle:", type="primary", key=f"open_{job.id}"
    ):
        st.switch_page("views/result.py", query_params={"job": job.id})


def act(
    label: str,
    icon: str,
    call: Callable[[str], JobView],
    job: JobView,
    *,
    primary: bool = False,
) -> None:
    """A button that asks the API for something and shows what became of the job."""
    kind = "primary" if primary else "secondary"
    if st.button(label, icon=icon, type=kind, key=f"{label}_{job.id}"):
        call(job.id)
        st.rerun()


def delete(job: JobView) -> None:
    """Delete, after a second thought."""
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown("The mix and all its files go. Your tracks stay.")
        if st.button("Delete for good", key=f"delete_{job.id}", type="primary"):
            session.api().delete(job.id)
            st.query_params.pop("job", None)
            st.rerun()


view()
