"""Pictures of the server's figures: queues, ends of jobs, times of steps, storage."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.operations import FiguresView, StepTimesView
from frontend.labels import figures
from frontend.labels.job_kinds import kind_name
from frontend.state import session


def server_figures() -> None:
    """Draw the figures of the server."""
    found = session.api().server_figures()
    _storage(found)
    st.subheader("Queues", anchor=False)
    if not found.queues:
        st.caption("No job waits or runs.")
    else:
        rows = [
            {"Queue": one.queue, "Jobs": count, "State": state}
            for one in found.queues
            for state, count in (("waiting", one.waiting), ("running", one.running))
        ]
        st.bar_chart(rows, x="Queue", y="Jobs", color="State", horizontal=True)
        longest = max(found.queues, key=lambda one: one.oldest_s)
        st.caption(f"The oldest waits for {figures.elapsed(longest.oldest_s)} in {longest.queue}.")
    _ends(found)
    if found.steps:
        st.subheader("Times of steps", anchor=False)
        st.table([_step(step) for step in found.steps])


def _storage(found: FiguresView) -> None:
    with st.container(horizontal=True):
        st.metric("Files of jobs", figures.size(found.artifact_bytes))
        st.metric("Free on disk", figures.size(found.free_bytes))
        counts = {"succeeded": 0, "failed": 0}
        for one in found.ended:
            counts[one.status] = counts.get(one.status, 0) + one.count
        tried = counts["succeeded"] + counts["failed"]
        share = figures.percent(counts["succeeded"] / tried) if tried else "–"
        st.metric("Jobs that succeeded", share)


def _ends(found: FiguresView) -> None:
    if found.ended:
        st.subheader("Ended jobs", anchor=False)
        rows = [
            {"Kind": kind_name(one.kind), "Jobs": one.count, "End": one.status}
            for one in found.ended
        ]
        st.bar_chart(rows, x="Kind", y="Jobs", color="End", horizontal=True)


def _step(step: StepTimesView) -> dict[str, str]:
    return {
        "Job": kind_name(step.kind),
        "Step": step.step,
        "Count": str(step.count),
        "Mean": figures.elapsed(step.mean_s),
        "Half within": _within(step.p50_s),
        "95 % within": _within(step.p95_s),
    }


def _within(seconds: float | None) -> str:
    return "over an hour" if seconds is None else figures.elapsed(seconds)
