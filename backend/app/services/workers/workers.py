"""Show the workers to admins, notice dead ones, and choose between GPU and processors."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from ...contract.operations import GpuView, RunningJobView, WorkerList, WorkerView
from ...jobs.queue import GPU, WORK
from ...store.jobs.workers import WorkerRecord, WorkerStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes that run jobs, as their heartbeats show them."""

    rows: WorkerStore

    def listed(self) -> WorkerList:
        """List all workers with the jobs that they run; silent ones stay for an hour."""
        return WorkerList(workers=[_view(worker) for worker in self.rows.all()])

    def lane(self, wanted: str) -> str:
        """Lane of a new job: without a living GPU, jobs for it run on processors."""
        return WORK if wanted == GPU and not self.rows.has_gpu() else wanted

    def watch(self) -> None:
        """Log workers that have died; without a GPU, give its waiting jobs to processors."""
        for name in self.rows.mark_silent():
            log.warning("worker %s has no heartbeat any more", name)
        if self.rows.move_gpu_jobs():
            log.warning("no worker with a GPU is alive; its jobs run on processors")


def _view(worker: WorkerRecord) -> WorkerView:
    host, pid, *_ = (*worker.facts.name.split("/"), "")
    gpu = worker.facts.gpu
    return WorkerView(
        name=worker.facts.name,
        host=host.partition("#")[0],
        pid=pid,
        queues=list(worker.facts.queues),
        cores=worker.facts.cores,
        gpu=gpu and GpuView(name=gpu.name, used=gpu.memory_used, total=gpu.memory_total),
        models=list(worker.facts.models),
        version=worker.facts.version,
        is_alive=worker.is_alive,
        started_at=_moment(worker.started_s),
        seen_at=_moment(worker.seen_s),
        running=[
            RunningJobView(
                id=job.id, kind=job.kind, step=job.step, started_at=_moment(job.claimed_s)
            )
            for job in worker.running
        ],
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
