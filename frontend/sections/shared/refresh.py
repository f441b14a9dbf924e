"""Draw parts of a page repeatedly while it is open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.jobs import JobView
from frontend.error_messages import report_errors
from frontend.state import session
from frontend.state.job_state import is_active


def refresh(draw: Callable[[], None], every_s: float) -> None:
    """Draw a part now, and again every ``every_s`` seconds."""

    def redraw() -> None:
        with report_errors():
            draw()

    st.fragment(redraw, run_every=every_s)()


def follow_job(job_id: str, draw: Callable[[JobView], None], *, every_s: float = 1.0) -> None:
    """Draw a job repeatedly while it is active; redraw the page when it has ended.

    Buttons that only this fragment draws would stop working after the job has ended.
    """

    def follow() -> None:
        job = session.api().job(job_id)
        if not is_active(job):
            st.rerun()
        draw(job)

    refresh(follow, every_s)
