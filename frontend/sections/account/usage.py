"""How much of the quotas the user has used."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.accounts import UsageView

from ...labels import figures
from ...state import session


def usage() -> None:
    """Show jobs and storage, with their limits."""
    used = session.api().usage()
    st.subheader("What you use", anchor=False)
    _bar(f"Jobs that wait or run: {used.jobs} of {used.max_jobs}", used.jobs / used.max_jobs)
    library, most = figures.size(used.library_bytes), figures.size(used.max_library_bytes)
    share = used.library_bytes / used.max_library_bytes
    _bar(f"Tracks, sounds and pictures: {library} of {most}", share)
    _separation(used)
    st.text(f"Files of your jobs: {figures.size(used.job_bytes)}")


def _separation(used: UsageView) -> None:
    minutes = f"{used.separation_s / 60:.0f}"
    if used.max_separation_s is None:
        st.text(f"Songs separated into stems today: {minutes} min")
        return
    again = figures.day_and_time(used.separation_resets_at, st.context.timezone)
    text = f"Songs separated into stems today: {minutes} of {used.max_separation_s / 60:.0f} min"
    _bar(text, used.separation_s / used.max_separation_s)
    st.caption(f"The minutes begin again on {again}. Songs that were separated before cost none.")


def _bar(text: str, share: float) -> None:
    st.text(text)
    st.progress(min(share, 1.0))
