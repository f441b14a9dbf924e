"""Form to change the password, or to set the first one."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.accounts import UserView

from ...api.errors import ApiError, attempt
from ...error_messages import show_error
from ...state import session
from ..shared.new_password import ask_new_password, is_long_enough

#: Whether the previous run of the page changed the password.
_CHANGED = session.Key[bool]("password_changed")


def password_form(me: UserView) -> None:
    """Draw the form, and say whether the last change succeeded."""
    st.subheader("Password", anchor=False)
    if not me.has_password:
        st.markdown("You sign in with Google. With a password you can also sign in without it.")
    with st.form("change_password", border=False, clear_on_submit=True, width=460):
        current = ""
        if me.has_password:
            current = st.text_input(
                "Current password",
                key="current_password",
                type="password",
                autocomplete="current-password",
            )
        new = ask_new_password("new_password", "New password")
        label = "Change password" if me.has_password else "Set password"
        sent = st.form_submit_button(label, type="primary")
    if _CHANGED.get():
        _CHANGED.drop()
        st.success(
            "Your password is changed. All other sessions are signed out.",
            icon=":material/check_circle:",
        )
    if sent and is_long_enough(new):
        _change(current, new)


def _change(current: str, new: str) -> None:
    changed = attempt(lambda: session.api().change_password(current, new))
    if isinstance(changed, ApiError):
        show_error(changed)
        return
    session.ME.drop()  # reload the user, who has a password now
    _CHANGED.put(True)
    st.rerun()
