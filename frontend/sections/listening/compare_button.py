"""The button that starts a blind comparison of a join."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.listening_request import ListeningRequest
from frontend.state import session


def compare_button(job_id: str, transition: int) -> None:
    """Draw the button; if it is pressed, start a trial and open the listening room."""
    if st.button(
        "Compare blind",
        key=f"compare_{transition}",
        icon=":material/hearing:",
        help="Listen to this transition and another one without knowing which is which.",
    ):
        request = ListeningRequest(job_id=job_id, transition=transition)
        trial = session.api().start_trial(request)
        st.switch_page("views/listening.py", query_params={"trial": trial.id})
