"""Jobs: all that a person started, of every kind, newest first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from backend.app.contract.jobs import JobView
from frontend import session
from frontend.forms.job_card import job_card
from frontend.job_kinds import KINDS

ALL = "all"


def view() -> None:
    """The job that was asked for on top, all others below, newest first."""
    st.title("Jobs", anchor=False)
    jobs = [job for job in session.api().jobs() if job.kind in KINDS]
    asked_for = st.query_params.get("job")
    if not jobs:
        nothing_yet()
    shown = ask_kind(jobs)
    for job in sorted(jobs, key=lambda job: job.id != asked_for):
        if shown in (None, job.kind):
            job_card(job, in_detail=job.id == asked_for)


def ask_kind(jobs: Sequence[JobView]) -> str | None:
    """One kind of job to look at, where there are several; None is all of them."""
    there = [kind for kind in KINDS if any(job.kind == kind for job in jobs)]
    if len(there) < 2:
        return None
    chosen = st.pills(
        "Show only",
        [ALL, *there],
        default=ALL,
        required=True,
        format_func=lambda kind: "All" if kind == ALL else f"{KINDS[kind].icon} {KINDS[kind].many}",
        key="jobs_kind",
        label_visibility="collapsed",
    )
    return None if chosen == ALL else chosen


def nothing_yet() -> None:
    """What to do on an empty page."""
    with st.container(border=True, key="nothing"):
        st.markdown("**Nothing made yet.**")
        st.caption(
            "Mix a pile of songs, take songs apart into stems, mash up to four of them into one, "
            "or restyle one with sounds of your own. You can watch it happen here."
        )
        st.page_link("views/new_mixtape.py", label="New mixtape", icon=":material/add_circle:")
        for kind in (KINDS[name] for name in ("stems", "mashup", "restyle")):
            st.page_link(kind.page, label=kind.word, icon=kind.icon)


view()
