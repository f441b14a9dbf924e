"""Show a finished file's measurements, and notes about it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.app.contract.mashups import MashupReport
from backend.app.contract.mixes import ReportView
from backend.app.contract.restyles import RestyleReport
from frontend.error_messages import escaped
from frontend.labels import figures

#: More notes than these would push the rest of the page down.
N_NOTES = 3
#: Reports that contain the levels of a finished mix.
Mastered = ReportView | MashupReport | RestyleReport


def show_measurements(report: Mastered) -> None:
    """Show length and levels, folded away."""
    with measurements(), st.container(horizontal=True, key="figures"):
        st.metric("Length", figures.clock(report.duration_s))
        level_metrics(report)


def measurements() -> DeltaGenerator:
    """Make a place for a result's figures, folded away: few people need them."""
    return st.expander("Measurements", icon=":material/monitoring:")


def level_metrics(report: Mastered) -> None:
    """Show loudness, true peak and limiting."""
    st.metric("Loudness", f"{figures.signed(report.loudness_lufs)} LUFS")
    st.metric("True peak", f"{figures.signed(report.true_peak_dbtp)} dBTP")
    st.metric("Strongest limiting", f"{abs(report.limited_db):.1f} dB")


def show_notes(notes: Iterable[str]) -> None:
    """List notes without repeats; many of them are folded away."""
    unique = list(dict.fromkeys(notes))
    if not unique:
        return
    is_long = len(unique) > N_NOTES
    folded = st.expander(f"{len(unique)} notes", icon=":material/info:") if is_long else None
    with folded or st.container(gap="xsmall", key="notes"):
        for note in unique:
            st.markdown(f":material/info: {escaped(note)}")
