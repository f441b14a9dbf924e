"""How much of the quotas the user has used."""

from __future__ import annotations

import streamlit as st

from ...labels import figures
from ...state import session


def usage() -> None:
    """Show jobs and storage, with their limits."""
    used = session.api().usage()
    st.subheader("What you use", anchor=False)
    st.text(f"Jobs that wait or run: {used.jobs} of {used.max_jobs}")
    library, most = figures.size(used.library_bytes), figures.size(used.max_library_bytes)
    st.text(f"Tracks, sounds and pictures: {library} of {most}")
    st.text(f"Files of your jobs: {figures.size(used.job_bytes)}")
