"""Account page: quotas, password, sessions, webhook, reset links for admins, deletion."""

from __future__ import annotations

import streamlit as st

from frontend.sections.account.delete_account import delete_account
from frontend.sections.account.password_form import password_form
from frontend.sections.account.reset_link import reset_link
from frontend.sections.account.session_list import session_list
from frontend.sections.account.usage import usage
from frontend.sections.account.webhook import webhook
from frontend.state import session


def view() -> None:
    """Draw the account page."""
    me = session.me()
    st.title("Your account", anchor=False)
    st.text(f"Signed in as {me.email}")
    usage()
    session_list()
    password_form(me)
    webhook()
    if me.is_admin:
        reset_link()
    delete_account(me)


view()
