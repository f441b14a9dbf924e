"""Form that deletes the user's account after a typed confirmation."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.accounts import UserView

from ...api.errors import ApiError, attempt
from ...error_messages import escaped, show_error
from ...state import session

DELETED = "Your account is deleted, with all its data."


def delete_account(me: UserView) -> None:
    """Say what a deletion removes, and ask the user to confirm it."""
    st.subheader("Delete your account", anchor=False)
    st.markdown(
        "This deletes your tracks, pictures, sounds, mixes, all other results, and your YouTube "
        "connection, for good. Running jobs are cancelled. Videos on YouTube stay there."
    )
    with st.expander("Delete my account"), st.form("delete_account", border=False, width=460):
        st.markdown(f"To confirm, type your email address: **{escaped(me.email)}**")
        email = st.text_input("Your email address", key="delete_email", autocomplete="off")
        password = ""
        if me.has_password:
            password = st.text_input(
                "Password",
                key="delete_password",
                type="password",
                autocomplete="current-password",
            )
        sent = st.form_submit_button("Delete permanently", type="primary")
    if sent:
        _delete(email, password)


def _delete(email: str, password: str) -> None:
    deleted = attempt(lambda: session.api().delete_account(email, password))
    if isinstance(deleted, ApiError):
        show_error(deleted)
        return
    session.forget()
    session.NOTICE.put(DELETED)
    st.rerun()
