"""List of the browsers in which the user is signed in."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.accounts import SessionView

from ...api.errors import ApiError, attempt, found
from ...error_messages import escaped, show_error
from ...labels import devices, figures
from ...state import session


def session_list() -> None:
    """List the user's sessions, with buttons to end them."""
    st.subheader("Where you are signed in", anchor=False)
    sessions = session.api().sessions()
    with st.container(key="sessions", gap=None):
        for one in sessions:
            _show(one)
    if len(sessions) > 1 and st.button("Sign out all others", icon=":material/logout:"):
        _end(session.api().end_other_sessions)


def _show(one: SessionView) -> None:
    with (
        st.container(key=f"row_session_{one.id}"),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        seen = figures.relative_time(one.last_seen_at, st.context.timezone)
        place = f" from {escaped(one.address)}" if one.address else ""
        with st.container(gap=None):
            st.markdown(f"**{devices.device(one.device)}**")
            st.caption(f"Last seen {seen}{place}")
        if one.current:
            st.caption("This session", width="content")
        elif st.button("Sign out", key=f"end_{one.id}", type="tertiary"):
            _end(lambda: found(lambda: session.api().end_session(one.id)))


def _end(call: Callable[[], None]) -> None:
    ended = attempt(call)
    if isinstance(ended, ApiError):
        show_error(ended)
    else:
        st.rerun()
