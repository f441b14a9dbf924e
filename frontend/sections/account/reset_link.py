"""Form in which an admin makes a link to reset another user's password."""

from __future__ import annotations

import streamlit as st

from ...api.errors import ApiError, attempt
from ...error_messages import escaped, show_error
from ...labels import figures
from ...state import session


def reset_link() -> None:
    """Ask for the user's email address, and show the link once."""
    st.subheader("Reset a user's password", anchor=False)
    st.markdown(
        "Make a link for someone who forgot their password, and send it to them. "
        "They set a new password with it; you never see that."
    )
    with st.form("reset_link", border=False, clear_on_submit=True, width=460):
        email = st.text_input("Email of the user", key="reset_email", autocomplete="off")
        sent = st.form_submit_button("Make a link")
    if sent:
        _make(email)


def _make(email: str) -> None:
    link = attempt(lambda: session.api().make_reset_link(email))
    if isinstance(link, ApiError):
        show_error(link)
        return
    until = figures.day_and_time(link.expires_at, st.context.timezone)
    with st.container(border=True, key="made_link"):
        st.markdown(f"Link for **{escaped(link.email)}**. Copy it now; it is not shown again.")
        st.code(link.url, language=None, wrap_lines=True)
        st.caption(f"It works once, until {until}. Earlier links for this user no longer work.")
