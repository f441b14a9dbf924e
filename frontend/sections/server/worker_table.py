"""A table of the processes that run jobs."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.operations import WorkerView
from frontend.labels import figures
from frontend.labels.job_kinds import kind_name
from frontend.state import session


def worker_table() -> None:
    """Show each worker: its queues, its machine, what it runs."""
    workers = session.api().workers().workers
    if not workers:
        st.caption("No worker has reported yet. Jobs wait until one starts.")
        return
    st.table([_row(worker) for worker in workers])


def _row(worker: WorkerView) -> dict[str, str]:
    jobs = (f"{kind_name(job.kind)} ({job.step or 'starting'})" for job in worker.running)
    gpu = worker.gpu
    memory = f"{gpu.name}, {figures.size(gpu.used)} of {figures.size(gpu.total)}" if gpu else "none"
    seen = figures.day_and_time(worker.seen_at, st.context.timezone)
    return {
        "Worker": f"{worker.host} ({worker.pid})",
        "State": "alive" if worker.is_alive else f"silent since {seen}",
        "Queues": ", ".join(worker.queues),
        "Runs": "; ".join(jobs) or "nothing",
        "Cores": str(worker.cores),
        "GPU": memory,
        "Models": ", ".join(worker.models) or "none",
        "Version": worker.version,
        "Started": figures.day_and_time(worker.started_at, st.context.timezone),
    }
