"""Layout of pages that show a job, or a form with recent jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from backend.app.contract.job_list import JobQuery
from backend.app.contract.jobs import JobSummary, JobView
from frontend.api.errors import ApiError, found
from frontend.error_messages import escaped, show_error
from frontend.labels.job_kinds import KINDS, kind_of
from frontend.labels.job_status import job_status
from frontend.sections.shared.job_card import delete_button, job_card
from frontend.state import session

N_RECENT = 5


def job_page(kind: str, *, ask: Callable[[], None], show: Callable[[JobView], None]) -> None:
    """Show the job named in the page's address; without one, the form and recent jobs."""
    job_id = st.query_params.get("job")
    if job_id is None:
        ask()
        return recent_jobs(kind)
    title = KINDS[kind].name
    job = load_job(job_id, title)
    if st.button(f"New {KINDS[kind].result}", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.pop("job", None)
        st.rerun()
    if job is None:
        return None
    if job.status == "succeeded":
        show(job)
        return delete_button(job)
    st.title(title, anchor=False)
    return job_card(job, in_detail=True, opens=False)


def load_job(job_id: str, title: str) -> JobView | None:
    """Load a job; if it does not exist, say so below ``title``."""
    job = found(lambda: session.api().job(job_id))
    if job is None:
        st.title(title, anchor=False)
        hint = "It may have been deleted, or it belongs to another account."
        show_error(ApiError("not_found", "This job does not exist.", hint))
    return job


def recent_jobs(kind: str) -> None:
    """List the latest jobs of a kind, each with a button that opens it."""
    jobs = session.api().jobs(JobQuery(kind=[kind], limit=N_RECENT)).jobs
    if jobs:
        st.subheader(f"Recent {KINDS[kind].plural.lower()}", anchor=False)
        job_buttons(jobs, "recent", job_status)


def job_buttons(jobs: Sequence[JobSummary], key: str, status: Callable[[JobSummary], str]) -> None:
    """Draw a button for each job that opens it on this page."""
    with st.container(key="job_buttons", gap="small"):
        for job in jobs:
            kind = kind_of(job)
            st.button(
                f"{escaped(job.title) or kind.untitled} · {status(job)}",
                icon=kind.icon,
                type="tertiary",
                key=f"{key}_{job.id}",
                on_click=open_job,
                args=(job.id,),
            )


def open_job(job_id: str) -> None:
    """Put a job's id into the page's address, so that a reload shows it, too."""
    st.query_params.from_dict({"job": job_id})
