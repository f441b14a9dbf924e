"""Jobs: all that a person started, of every kind, newest first."""

from __future__ import annotations

import streamlit as st

from frontend import session
from frontend.forms.job_card import job_card
from frontend.job_kinds import KINDS


def view() -> None:
    """The job that was asked for on top, all others below, newest first."""
    st.title("Jobs", anchor=False)
    jobs = [job for job in session.api().jobs() if job.kind in KINDS]
    asked_for = st.query_params.get("job")
    if not jobs:
        nothing_yet()
    for job in sorted(jobs, key=lambda job: job.id != asked_for):
        job_card(job, in_detail=job.id == asked_for)


def nothing_yet() -> None:
    """What to do on an empty page."""
    with st.container(border=True, key="nothing"):
        st.markdown("**No mix yet.**")
        st.caption("Drop a few tracks and press Start mixing; you can watch it happen here.")
        st.page_link("views/new_mixtape.py", label="New mixtape", icon=":material/add_circle:")


view()
