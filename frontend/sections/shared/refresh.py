"""Parts of a page that are drawn again and again while it is open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.jobs import JobView
from frontend.error_messages import report_errors
from frontend.state import session
from frontend.state.job_state import is_active


def refresh(draw: Callable[[], None], every_s: float) -> None:
    """Draw now, and again every so many seconds."""

    def redraw() -> None:
        with report_errors():
            draw()

    st.fragment(redraw, run_every=every_s)()


def follow_job(job_id: str, draw: Callable[[JobView], None], *, every_s: float = 1.0) -> None:
    """Draw a job as long as it is active; redraw the whole page when it has ended.

    Buttons drawn only by this fragment would stop working once the page no longer follows.
    """

    def follow() -> None:
        job = session.api().job(job_id)
        if not is_active(job):
            st.rerun()
        draw(job)

    refresh(follow, every_s)
