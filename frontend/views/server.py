"""Server page: workers, queues, times and storage, for admins."""

from __future__ import annotations

import streamlit as st

from frontend.sections.server.server_figures import server_figures
from frontend.sections.server.worker_list import worker_list
from frontend.sections.shared.refresh import refresh

_EVERY_S = 5.0


def view() -> None:
    """Draw the page of the running server."""
    st.title("Server", anchor=False)
    st.subheader("Workers", anchor=False)
    refresh(worker_list, _EVERY_S)
    refresh(server_figures, _EVERY_S)


view()
