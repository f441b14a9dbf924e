"""What admins see of the running server: workers and their jobs."""

from __future__ import annotations

from datetime import datetime

from .base import Shape


class GpuView(Shape):
    """A GPU; its memory in bytes."""

    name: str
    used: int
    total: int


class RunningJobView(Shape):
    """A job that a worker runs; without its title, which belongs to its user."""

    id: str
    kind: str
    step: str | None
    started_at: datetime


class WorkerView(Shape):
    """A process that runs jobs; ``is_alive`` is false once its heartbeats have stopped."""

    name: str
    host: str
    pid: str
    queues: list[str]
    cores: int
    gpu: GpuView | None
    models: list[str]
    version: str
    is_alive: bool
    started_at: datetime
    seen_at: datetime
    running: list[RunningJobView]


class WorkerList(Shape):
    """All workers, the living ones first."""

    workers: list[WorkerView]


class QueueView(Shape):
    """A queue: jobs that could run, seconds that the oldest has waited, running jobs."""

    queue: str
    waiting: int
    oldest_s: float
    running: int


class EndedView(Shape):
    """How many jobs of a kind have ended with a status."""

    kind: str
    status: str
    count: int


class StepTimesView(Shape):
    """Seconds of a step; half and 95 % of them took at most so many (null: over an hour)."""

    kind: str
    step: str
    count: int
    mean_s: float
    p50_s: float | None
    p95_s: float | None


class FiguresView(Shape):
    """Figures of the server."""

    queues: list[QueueView]
    ended: list[EndedView]
    steps: list[StepTimesView]
    artifact_bytes: int
    free_bytes: int


class CleanupView(Shape):
    """Free space before and after a cleanup; other processes change it, too."""

    free_bytes_before: int
    free_bytes_after: int
