"""What the rows say about jobs that faults have disturbed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from statistics import median

from .audit import Event, Running


@dataclass
class Row:
    """One line of the table: what a fault did to the jobs of all its rounds.

    ``told`` are jobs that ended with an error which a retry then mended.
    """

    fault: str
    rounds: int = 0
    job_ids: list[str] = field(default_factory=list)
    lost: int = 0
    told: int = 0
    twice: int = 0
    stuck: int = 0
    repeated: int = 0
    restarts: int = 0
    resumed_s: list[float] = field(default_factory=list)
    #: What was wrong, for whoever must find out why.
    remarks: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.twice or self.stuck or self.repeated) and all(
            seconds <= 60.0 for seconds in self.resumed_s
        )

    def cells(self) -> list[str]:
        times = self.resumed_s or [0.0]
        resumed = f"{median(times):.1f} / {max(times):.1f}"
        counts = (self.rounds, len(self.job_ids), self.lost, self.twice, self.stuck, self.repeated)
        return [self.fault, *map(str, counts), str(self.told), str(self.restarts), resumed]


_HEAD = (
    *("fault", "rounds", "jobs", "lost", "done twice", "stuck", "parts repeated"),
    *("failed, then retried", "processes that ended", "resumed s (median / max)"),
)


def markdown(rows: Sequence[Row]) -> str:
    """The table."""
    lines = [_HEAD, ["---", *["--:"] * (len(_HEAD) - 1)], *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def waiting(running: Running, events: Sequence[Event], since_s: float) -> set[str]:
    """The disturbed jobs and tasks whose work has not gone on since then.

    A job goes on with a claim, a step or progress; a task with a claim or a renewed lease. If its
    job went back to the queue, the job alone counts.
    """
    jobs, tasks = set(running.jobs), set(running.tasks)
    for event in events:
        is_late = event.at_s >= since_s
        has_ended = event.what == "job" and event.state not in ("running", "queued")
        if has_ended or (is_late and event.what != "beat" and event.state != "queued"):
            jobs.discard(event.job_id)
        if event.state == "done" or (is_late and event.state != "open"):
            tasks.discard((event.job_id, event.name))
        if event.what == "job":
            tasks = {task for task in tasks if task[0] != event.job_id}
    return jobs | {f"{job} {name}" for job, name in tasks}


def repeated(events: Sequence[Event], jobs: Collection[str]) -> list[str]:
    """The tasks, and the steps with files, that ran again although they were finished."""
    done: dict[str, set[str]] = defaultdict(set)
    with_files: dict[str, set[str]] = defaultdict(set)
    again = []
    for event in events:
        if event.job_id not in jobs:
            continue
        if event.what == "file":
            with_files[event.job_id].add(event.name)
        elif event.what in ("task", "step"):
            kept = event.what == "task" or event.name in with_files[event.job_id]
            if event.state in ("done", "succeeded"):
                done[event.job_id].add(event.name)
            elif event.state == "running" and kept and event.name in done[event.job_id]:
                again.append(f"{event.job_id} {event.name}")
    return again


def ended_twice(events: Sequence[Event], jobs: Collection[str]) -> list[str]:
    """The jobs that succeeded more than once, and the tasks and steps that were counted twice."""
    counts: dict[str, int] = defaultdict(int)
    for event in events:
        is_end = (event.what, event.state) in {("job", "succeeded"), ("task", "done")}
        if event.job_id in jobs and is_end:
            counts[f"{event.job_id} {event.name if event.what == 'task' else 'job'}"] += 1
    return [name for name, count in counts.items() if count > 1]
