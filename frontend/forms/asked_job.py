"""The job that a page's address names; one that is gone is told."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from frontend import session
from frontend.api_client import ApiError
from frontend.problems import show


def asked_job(job_id: str, title: str) -> JobView | None:
    """The job; where there is none, a page that says so under its ``title``."""
    try:
        return session.api().job(job_id)
    except ApiError as problem:
        if problem.code != "not_found":
            raise
    st.title(title, anchor=False)
    hint = "It may have been deleted, or it belongs to somebody else."
    show(ApiError("not_found", "There is no such job.", hint))
    return None
