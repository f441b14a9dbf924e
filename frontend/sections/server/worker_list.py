"""The processes that run jobs, one below the other, so that they fit a narrow window."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.operations import WorkerView
from frontend.labels import figures
from frontend.labels.job_kinds import kind_name
from frontend.state import session


def worker_list() -> None:
    """Show each worker: its queues, its machine, what it runs."""
    workers = session.api().workers().workers
    if not workers:
        st.caption("No worker has reported yet. Jobs wait until one starts.")
    for worker in workers:
        with st.container(border=True):
            _worker(worker)


def _worker(worker: WorkerView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{worker.host} ({worker.pid})", width="content")
        if worker.is_alive:
            st.badge("alive", color="green")
        else:
            seen = figures.day_and_time(worker.seen_at, st.context.timezone)
            st.badge(f"silent since {seen}", color="red")
    jobs = (f"{kind_name(job.kind)} ({job.step or 'starting'})" for job in worker.running)
    st.text(f"Runs: {'; '.join(jobs) or 'nothing'}")
    st.text(f"Queues: {', '.join(worker.queues)}")
    gpu, cores = worker.gpu, f"{worker.cores} core{'s' if worker.cores != 1 else ''}"
    if gpu is not None:
        memory = f"{figures.size(gpu.used)} of {figures.size(gpu.total)}"
        cores += f", {gpu.name}, {memory}"
    started = figures.day_and_time(worker.started_at, st.context.timezone)
    models = ", ".join(worker.models) or "none"
    st.text(f"Machine: {cores}. Models: {models}")
    st.caption(f"Version {worker.version}, started {started}")
