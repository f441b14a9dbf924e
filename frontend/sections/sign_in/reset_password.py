"""Form to set a new password, opened by an admin's link."""

from __future__ import annotations

import streamlit as st

from ...api.errors import ApiError
from ...error_messages import show_error
from ...state import session
from ..shared.new_password import ask_new_password, is_long_enough

#: The secret in the link.
_SECRET = session.Key[str]("reset_secret")


def come_back() -> None:
    """Take the link's secret out of the page's address, and remember it."""
    secret = st.query_params.pop("reset", None)
    if secret:
        _SECRET.put(secret)


def is_open() -> bool:
    """Whether the page was opened by a link to reset a password."""
    return _SECRET.get() is not None


def view() -> None:
    """Ask for the new password."""
    with st.container(key="gate"):
        st.title("Choose a new password", anchor=False)
        with st.form("reset_password", border=False):
            new = ask_new_password("reset_new", "New password")
            sent = st.form_submit_button("Save and sign in", type="primary", width="stretch")
        st.button("Cancel", on_click=_SECRET.drop, type="tertiary")
        if sent and is_long_enough(new):
            _reset(new)


def _reset(new: str) -> None:
    try:
        tokens = session.api().reset_password(_SECRET.get() or "", new)
    except ApiError as error:
        show_error(error)
        return
    st.session_state.clear()  # remove the data of any user who was signed in here before
    session.sign_in(tokens)
    st.rerun()
