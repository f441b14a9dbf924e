"""A file to download by a signed link that is always good: links last minutes, pages stay open."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from frontend import session
from frontend.problems import told_in_words

#: A link lasts ten minutes and is asked for anew when half of that is left.
REFRESH_S = 240.0


def download_button(
    job_id: str,
    name: str,
    label: str,
    *,
    icon: str = ":material/download:",
    kind: Literal["primary", "secondary", "tertiary"] = "secondary",
) -> None:
    """A button for one artifact of a job, straight from the API."""

    def button() -> None:
        with told_in_words():
            st.link_button(
                label, session.link_to(job_id, name, inline=False), icon=icon, type=kind, help=name
            )

    with st.container(width="content"):
        st.fragment(button, run_every=REFRESH_S)()
