"""The way back to what a page made before."""

from __future__ import annotations

import streamlit as st

from frontend import session, words
from frontend.job_kinds import KINDS
from frontend.problems import escaped

SHOWN = 5


def earlier(kind: str, heading: str) -> None:
    """The last few jobs of a kind, each to be opened; nothing where there are none."""
    jobs = [job for job in session.api().jobs() if job.kind == kind][:SHOWN]
    if not jobs:
        return
    st.subheader(heading, anchor=False)
    with st.container(key="earlier", gap="small"):
        for job in jobs:
            st.button(
                f"{escaped(job.title) or KINDS[kind].untitled} · {words.standing(job)}",
                icon=KINDS[kind].icon,
                type="tertiary",
                key=f"earlier_{job.id}",
                on_click=open_job,
                args=(job.id,),
            )


def open_job(job_id: str) -> None:
    """Let the address name a job; the page shows it from then on, after a reload too."""
    st.query_params.from_dict({"job": job_id})
