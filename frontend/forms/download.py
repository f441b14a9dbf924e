"""Files to download by signed links that are always good: links last minutes, pages stay open."""

from __future__ import annotations

from collections.abc import Callable
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
    with st.container(width="content"):
        kept_good(lambda: download_link(job_id, name, label, icon=icon, kind=kind))


def kept_good(draw: Callable[[], None]) -> None:
    """Draw links, and draw them anew in time for as long as the page is open."""

    def links() -> None:
        with told_in_words():
            draw()

    st.fragment(links, run_every=REFRESH_S)()


def download_link(
    job_id: str,
    name: str,
    label: str,
    *,
    icon: str = ":material/download:",
    kind: Literal["primary", "secondary", "tertiary"] = "secondary",
) -> None:
    """One link; its place sees to it that it is drawn anew in time."""
    url = session.link_to(job_id, name, inline=False)
    st.link_button(label, url, icon=icon, type=kind, help=name)
