"""Disturb a stream of jobs with one fault after the other, and judge what became of them."""

from __future__ import annotations

import hashlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backend.app.store.files.objects.s3 import S3Objects
from tests.store.files.objects.stores import s3_objects

from . import machines as m
from .audit import Audit, Running
from .faults import FAULTS, Fault, Scene
from .stream import Stream
from .verdicts import Row, ended_twice, repeated, waiting

#: Longer than this without work, and a job counts as not resumed.
_RESUME_BOUND_S = 120.0
_END_BOUND_S = 240.0
Say = Callable[[str], None]


@dataclass
class Trials:
    """Runs rounds of faults on one set of machines."""

    scene: Scene
    stream: Stream
    objects: S3Objects
    say: Say
    expected: dict[str, dict[str, str]] = field(default_factory=dict)

    def prepare(self, formats: Sequence[str]) -> None:
        """Make each kind of mix once without a fault, to compare with."""
        for kind in formats:
            self.stream.formats = [kind]
            began_s = time.time()
            job = self.stream.submit()
            end = self.stream.wait_for([job], _END_BOUND_S)[job]
            assert end.status == "succeeded", end
            self.expected[kind] = self.stream.results(job)
            self.say(f"undisturbed {kind}: {time.time() - began_s:.1f} s")
        self.stream.jobs.clear()

    def run(self, fault: Fault, rounds: int) -> Row:
        """Inject the fault so many times, and judge its jobs; return its line of the table."""
        row = self.disturb(fault, rounds)
        self.judge(row)
        return row

    def disturb(self, fault: Fault, rounds: int) -> Row:
        """Inject the fault so many times into jobs that may still run afterwards."""
        row, exits = Row(fault.title), self.scene.machines.exits
        self.stream.formats = [fault.format]
        before, first = self.stream.unfinished(), len(self.stream.jobs)
        for _ in range(3 * rounds):  # at some moments there is nothing to disturb
            if row.rounds < rounds:
                self._round(fault, row)
        row.job_ids = [*before, *self.stream.jobs[first:]]
        row.restarts = self.scene.machines.exits - exits
        return row

    def _round(self, fault: Fault, row: Row) -> None:
        self._wait_for_work()
        time.sleep(self.scene.rng.uniform(0.0, 3.0))
        before, began_s = self.scene.audit.running(), time.time()
        since_s = fault.inject(self.scene)
        if since_s is None:
            return
        row.rounds += 1
        seconds, left = self._wait_until_resumed(before, began_s, since_s)
        row.resumed_s.append(seconds)
        if left:
            row.remarks.append(f"not resumed: {sorted(left)}")
        self.say(f"{fault.title}: round {row.rounds}, resumed after {seconds:.1f} s")

    def _wait_for_work(self) -> None:
        """Keep two jobs going; wait until one of them runs."""
        deadline = time.monotonic() + _RESUME_BOUND_S
        while True:
            self.scene.machines.keep_running()
            self.stream.fill()
            if self.scene.audit.running().jobs or time.monotonic() > deadline:
                return
            time.sleep(0.2)

    def _wait_until_resumed(
        self, before: Running, began_s: float, since_s: float
    ) -> tuple[float, set[str]]:
        """Seconds until the last disturbed job or task went on, and those that did not."""
        while True:
            self.scene.machines.keep_running()
            now_s, events = time.time(), self.scene.audit.events(began_s)
            for count in range(len(events) + 1):
                if not waiting(before, events[:count], since_s):
                    at_s = events[count - 1].at_s if count else since_s
                    return max(0.0, at_s - since_s), set()
            if now_s > since_s + _RESUME_BOUND_S:
                return now_s - since_s, waiting(before, events, since_s)
            time.sleep(0.2)

    def judge(self, row: Row) -> None:
        """Wait for the ends of a row's jobs; retry those that say that they can be."""
        jobs = row.job_ids
        ends = self.stream.wait_for(jobs, _END_BOUND_S)
        for job in jobs:
            if job in ends and ends[job].status == "failed":
                row.remarks.append(f"{job} failed: {ends[job].error}")
                if ends[job].can_be_retried:
                    row.told += 1
                    self.stream.retry(job)
        ends = self.stream.wait_for(jobs, _END_BOUND_S)
        for job in jobs:
            self._judge_job(row, job, ends[job].status if job in ends else "gone")
        events = self.scene.audit.events()
        again, twice = repeated(events, jobs), ended_twice(events, jobs)
        row.repeated, row.twice = len(again), len(twice)
        row.remarks += [f"repeated: {one}" for one in again]
        row.remarks += [f"ended twice: {one}" for one in twice]

    def _judge_job(self, row: Row, job: str, status: str) -> None:
        if status in ("queued", "running"):
            row.stuck += 1
            row.remarks.append(f"{job} is stuck: {status}")
        elif status != "succeeded":
            row.lost += 1
            row.remarks.append(f"{job} is lost: {status}")
        elif wrong := self._wrong_files(job):
            row.lost += 1
            row.remarks.append(f"{job} has other files than undisturbed: {wrong}")

    def _wrong_files(self, job: str) -> list[str]:
        """The files that differ from the undisturbed ones, in the rows or in the store."""
        found, expected = self.stream.results(job), self.expected[self.stream.kinds[job]]
        names = {*found, *expected}
        return sorted(
            name
            for name in names
            if found.get(name) != expected.get(name) or self._stored(job, name) != found.get(name)
        )

    def _stored(self, job: str, name: str) -> str:
        with tempfile.NamedTemporaryFile() as file:
            try:
                self.objects.fetch(f"jobs/{job}/{name}", Path(file.name))
            except FileNotFoundError:
                return "missing"
            return hashlib.sha256(Path(file.name).read_bytes()).hexdigest()


@contextmanager
def trials(
    folder: Path, *, seed: int, names: Sequence[str], lease_s: float | None, say: Say
) -> Iterator[Trials]:
    """Start all machines, and make the undisturbed mixes."""
    with m.running(folder, lease_s) as machines:
        audit = Audit(machines.database.url.replace("+psycopg", ""))
        audit.install()
        stream = Stream(machines, audit)
        stream.open(folder / "songs")
        objects = s3_objects(machines.s3, prefix="faults")
        ready = Trials(Scene(machines, audit, random.Random(seed)), stream, objects, say)
        ready.prepare(sorted({FAULTS[name].format for name in names}))
        yield ready
