"""Simulate workers with one place each, which claim jobs and help with tasks as Segue's do."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import simpy

from .workload import Arrival, Step

Process = Generator[simpy.Event, None, None]


@dataclass(eq=False)
class Job:
    """A job that has arrived; its step's tasks that nobody has taken are open."""

    arrival: Arrival
    changed: simpy.Event
    started_s: float = 0.0
    finished_s: float = 0.0
    open: deque[float] = field(default_factory=deque)
    taken: int = 0
    helpers: int = 0

    @property
    def waited_s(self) -> float:
        """Seconds from its arrival to its start."""
        return self.started_s - self.arrival.at_s

    @property
    def took_s(self) -> float:
        """Seconds from its arrival to its end."""
        return self.finished_s - self.arrival.at_s


@dataclass(frozen=True)
class Delays:
    """Seconds until a claimed job's process works, and until a helper's does."""

    start_s: float
    help_s: float


class Cluster:
    """Workers, the jobs that wait for them, and those that run."""

    def __init__(self, env: simpy.Environment, delays: Delays) -> None:
        self.env, self.delays = env, delays
        self.waiting: list[Job] = []
        self.running: list[Job] = []
        self.ended: list[Job] = []
        self.busy_s = 0.0
        self._served_s: dict[str, float] = {}
        self._news = env.event()

    def arrivals(self, arrivals: Sequence[Arrival]) -> Process:
        """Queue each job at its time."""
        for arrival in arrivals:
            yield self.env.timeout(arrival.at_s - self.env.now)
            self.waiting.append(Job(arrival, self.env.event()))
            self._tell()

    def worker(self) -> Process:
        """Run jobs; help with others' while none waits."""
        while True:
            if self.waiting:
                yield from self._run(self._claim())
            elif (job := self._needs_help()) is not None:
                yield from self._help(job)
            else:
                yield self._news

    def _claim(self) -> Job:
        """Take the oldest job of the user whose turn it is."""
        running: dict[str, int] = {}
        for job in self.running:
            running[job.arrival.user] = running.get(job.arrival.user, 0) + 1

        def turn(job: Job) -> tuple[int, float, float]:
            user = job.arrival.user
            return running.get(user, 0), self._served_s.get(user, -1.0), job.arrival.at_s

        chosen = min(self.waiting, key=turn)
        self.waiting.remove(chosen)
        self._served_s[chosen.arrival.user] = self.env.now
        return chosen

    def _run(self, job: Job) -> Process:
        job.started_s = self.env.now
        self.running.append(job)
        yield self._work(self.delays.start_s)
        for step in job.arrival.steps:
            yield from self._run_step(job, step)
        self.running.remove(job)
        job.finished_s = self.env.now
        self.ended.append(job)

    def _run_step(self, job: Job, step: Step) -> Process:
        if not step.is_split:
            yield self._work(step.seconds)
            return
        job.open.extend(sorted(step.tasks_s, reverse=True))
        self._tell()
        while job.open:
            yield self._work(job.open.popleft())
        while job.taken:
            yield job.changed

    def _needs_help(self) -> Job | None:
        """Find the job with the fewest helpers, then the one that started first."""
        jobs = [job for job in self.running if job.open]
        return min(jobs, key=lambda job: (job.helpers, job.started_s), default=None)

    def _help(self, job: Job) -> Process:
        job.helpers += 1
        yield self._work(self.delays.help_s)
        while job.open and not self.waiting:
            job.taken += 1
            yield self._work(job.open.popleft())
            job.taken -= 1
            changed, job.changed = job.changed, self.env.event()
            changed.succeed()
        job.helpers -= 1

    def _work(self, seconds: float) -> simpy.Event:
        self.busy_s += seconds
        return self.env.timeout(seconds)

    def _tell(self) -> None:
        news, self._news = self._news, self.env.event()
        news.succeed()


def simulate(arrivals: Sequence[Arrival], workers: int, delays: Delays) -> Cluster:
    """Run all jobs to their end."""
    env = simpy.Environment()
    cluster = Cluster(env, delays)
    env.process(cluster.arrivals(arrivals))
    for _ in range(workers):
        env.process(cluster.worker())
    env.run()
    return cluster
