"""Server page: the workers, for admins."""

from __future__ import annotations

import streamlit as st

from frontend.sections.server.worker_table import worker_table
from frontend.sections.shared.refresh import refresh

_EVERY_S = 5.0


def view() -> None:
    """Draw the page of the running server."""
    st.title("Server", anchor=False)
    st.subheader("Workers", anchor=False)
    refresh(worker_table, _EVERY_S)


view()
