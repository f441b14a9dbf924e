"""Listening room: compare two versions of a transition blind."""

from __future__ import annotations

import streamlit as st

from frontend.api.errors import ApiError, found
from frontend.error_messages import show_error
from frontend.sections.listening.past_answers import past_answers
from frontend.sections.listening.trial import show_trial
from frontend.state import session


def view() -> None:
    """Draw the listening room: the trial in the page's address, and past answers."""
    st.title("Listening room", anchor=False)
    st.markdown(
        "Two versions of a transition, equally loud, in random order. Say which one is better; "
        "then see what they are. Use headphones, and switch as often as you like."
    )
    trial_id = st.query_params.get("trial")
    if trial_id is not None:
        open_trial(trial_id)
    past_answers()


def open_trial(trial_id: str) -> None:
    """Show a trial, or that it does not exist."""
    trial = found(lambda: session.api().trial(trial_id))
    if trial is None:
        hint = "It may have been deleted, or it belongs to another account."
        show_error(ApiError("not_found", "This listening trial does not exist.", hint))
        return
    show_trial(trial)


view()
