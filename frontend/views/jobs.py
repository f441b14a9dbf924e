"""Jobs page: the user's jobs of all kinds, newest first."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.job_list import JobList, JobQuery
from frontend.api.errors import found
from frontend.labels.job_kinds import KINDS
from frontend.sections.shared.job_card import job_card
from frontend.state import session

ALL = "all"
PER_PAGE = 20
#: The API returns at most this many jobs for one request.
AT_ONCE = 100
#: How many jobs the user wants to see.
SHOWN = session.Key[int]("jobs_shown")


def view() -> None:
    """Draw the page: the job named in the address first, the others below."""
    st.title("Jobs", anchor=False)
    kind = st.session_state.get("jobs_kind", ALL)
    page = load_jobs(kind, SHOWN.get() or PER_PAGE)
    selected = st.query_params.get("job")
    if page.jobs or kind != ALL or selected:
        ask_kind()
    first = found(lambda: session.api().job(selected)) if selected else None
    if first is not None and kind in (ALL, first.kind):
        job_card(first, in_detail=True)
    elif not page.jobs:
        show_empty(kind)
    for job in page.jobs:
        if first is None or job.id != first.id:
            job_card(job, in_detail=False)
    if page.more:
        show_more(len(page.jobs))


def load_jobs(kind: str, count: int) -> JobList:
    """Load the newest jobs of a kind, with several requests if needed."""
    loaded = JobList(jobs=[], more=True)
    while loaded.more and len(loaded.jobs) < count:
        query = JobQuery(
            kind=[] if kind == ALL else [kind],
            before=loaded.jobs[-1].id if loaded.jobs else None,
            limit=min(AT_ONCE, count - len(loaded.jobs)),
        )
        page = session.api().jobs(query)
        loaded = JobList(jobs=[*loaded.jobs, *page.jobs], more=page.more)
    return loaded


def ask_kind() -> None:
    """Ask which kind of jobs to show."""
    st.pills(
        "Show only",
        [ALL, *KINDS],
        default=ALL,
        required=True,
        format_func=lambda kind: (
            "All" if kind == ALL else f"{KINDS[kind].icon} {KINDS[kind].plural}"
        ),
        key="jobs_kind",
        label_visibility="collapsed",
        on_change=SHOWN.drop,
    )


def show_more(n_shown: int) -> None:
    """Show a button that adds older jobs to the list."""
    with st.container(horizontal_alignment="center", key="jobs_more"):
        st.button(
            "Show older jobs",
            icon=":material/expand_more:",
            key="show_older_jobs",
            on_click=SHOWN.put,
            args=(n_shown + PER_PAGE,),
        )


def show_empty(kind: str) -> None:
    """If there are no jobs, show links to the pages that start one."""
    if kind != ALL:
        st.caption(f"No {KINDS[kind].plural.lower()} yet.")
        return
    with st.container(border=True, key="nothing"):
        st.markdown("**No jobs yet.**")
        st.caption(
            "Mix tracks into a mixtape, separate stems, combine up to four songs in a mashup, "
            "or restyle a song with your own sounds. Progress and results appear here."
        )
        with st.container(horizontal=True, key="start_one"):
            st.page_link("views/new_mixtape.py", label="New mixtape", icon=":material/add_circle:")
            for name in ("mashup", "stems", "restyle"):
                st.page_link(KINDS[name].page, label=KINDS[name].name, icon=KINDS[name].icon)


view()
