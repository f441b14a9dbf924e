"""Show a finished file's measurements, and notes about it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from backend.app.contract.mashups import MashupReport
from backend.app.contract.mixes import ReportView
from backend.app.contract.restyles import RestyleReport
from frontend.error_messages import escaped
from frontend.labels import figures

#: Reports that contain the levels of a finished mix.
Mastered = ReportView | MashupReport | RestyleReport


def show_measurements(report: Mastered) -> None:
    """Show length and levels under a heading."""
    st.subheader("Measurements", anchor=False)
    with st.container(horizontal=True, key="figures"):
        st.metric("Length", figures.clock(report.duration_s))
        level_metrics(report)


def level_metrics(report: Mastered) -> None:
    """Show loudness, true peak and limiting."""
    st.metric("Loudness", f"{figures.signed(report.loudness_lufs)} LUFS")
    st.metric("True peak", f"{figures.signed(report.true_peak_dbtp)} dBTP")
    st.metric("Strongest limiting", f"{abs(report.limited_db):.1f} dB")


def show_notes(notes: Iterable[str]) -> None:
    """List notes without repeats."""
    for note in dict.fromkeys(notes):
        st.markdown(f":material/info: {escaped(note)}")
