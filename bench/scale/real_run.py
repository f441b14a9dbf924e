"""``python -m bench.scale.real_run``: check the simulation against jobs on two real workers.

Mixtapes of composed songs are run one after the other first, which gives the seconds of each step
and the delay of a start. Then the same sizes arrive at random times, and two workers share them;
the simulation gets the same arrivals. Each worker has one place and one thread. It also prints the
transactions that a job took, and the bytes of its files.
"""

from __future__ import annotations

import argparse
import hashlib
import secrets
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Engine, event, func, select

from backend.app.jobs.states import JobStatus
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.settings import Settings
from backend.app.store.accounts.accounts import UserRow
from backend.app.store.database import Database, open_database
from backend.app.store.files.blobs import ContentStore
from backend.app.store.jobs.job_store import JobStore, NewJob
from backend.app.store.jobs.tables import FILES, JOBS
from bench.jobs.fan_out import cpu_so_far, working
from bench.jobs.rerender import dj_inputs
from bench.jobs.whole_job import KEPT_IN

from .simulate import Delays, Job, simulate
from .table import percentile
from .workload import Arrival, Step, mixtape

_SIZES = (3, 4, 5, 6, 8)
_LOOK_S = 0.2
_USERS = 5
_QUOTA = 1000


@dataclass(frozen=True)
class Measured:
    """Seconds from a job's arrival to its start, and to its end."""

    waited_s: float
    took_s: float


@dataclass(frozen=True)
class Server:
    """A database and a storage folder, with the songs of all jobs."""

    settings: Settings
    database: Database
    inputs: MixtapeInputs

    @classmethod
    def new(cls, folder: Path, options: argparse.Namespace) -> Server:
        """Create an empty server with users."""
        settings = Settings(_env_file=None, storage_root=folder / "storage", render_workers=1)
        inputs = dj_inputs(settings, KEPT_IN / f"{options.seconds:g} s", options)
        database = open_database(options.url or f"sqlite:///{folder / 'segue.db'}")
        for number in range(_USERS):
            account = {"password_hash": "-", "is_admin": False, "created_at": datetime.now(UTC)}
            name = f"user {number}"
            database.add(UserRow(id=name, email=f"{number}@example.org", **account))
        return cls(settings, database, inputs)

    def queue(self, user: str, n_tracks: int) -> str:
        """Queue a mixtape of tracks that no other job has: nothing of them is cached."""
        job_id, store = secrets.token_hex(8), ContentStore(self.settings.storage_root)
        tracks = [_copy(store, track, job_id) for track in self.inputs.tracks[:n_tracks]]
        inputs = self.inputs.model_copy(update={"tracks": tracks})
        asked, work_s = inputs.request.model_dump_json(), inputs.duration_s
        text = inputs.model_dump_json()
        new = NewJob(job_id, user, "mixtape", "Bench", asked, text, work_s)
        if not JobStore(self.database).add(new, quota=_QUOTA):
            raise SystemExit("The queue is full.")
        return job_id

    def wait(self, ids: Sequence[str]) -> None:
        """Wait until all jobs have succeeded."""
        left = select(JOBS.c.id).where(JOBS.c.id.in_(ids), JOBS.c.finished_s.is_(None))
        while self.database.all(left):
            time.sleep(_LOOK_S)
        failed = select(JOBS.c.failure).where(
            JOBS.c.id.in_(ids), JOBS.c.status != JobStatus.SUCCEEDED
        )
        if failures := self.database.all(failed):
            raise SystemExit(f"Jobs failed: {failures}")

    def measured(self, job_id: str) -> Measured:
        """Read when the job was queued, started and finished."""
        columns = (JOBS.c.queued_s, JOBS.c.started_s, JOBS.c.finished_s)
        with self.database.read() as session:
            queued_s, started_s, finished_s = (
                session.connection().execute(select(*columns).where(JOBS.c.id == job_id)).one()
            )
        return Measured(started_s - queued_s, finished_s - queued_s)

    def steps(self, job_id: str, user: str) -> dict[str, float]:
        """Read the seconds of each step."""
        record = JobStore(self.database).find(user, job_id)
        return {step.name: step.seconds or 0.0 for step in record.steps} if record else {}


def _copy(store: ContentStore, track: TrackRef, job_id: str) -> TrackRef:
    """Store the track's bytes as other content."""
    digest = hashlib.sha256(f"{job_id} {track.content_hash}".encode()).hexdigest()
    path = store.path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(store.path(track.content_hash).resolve())
    return track.model_copy(update={"content_hash": digest})


def alone(server: Server, minutes: float) -> tuple[dict[int, tuple[Step, ...]], float]:
    """Run a mixtape of each size by itself; return its steps, and the seconds that are no step.

    A worker with one thread renders while its encoders run, so its steps take more seconds of a
    core than of the clock.
    """
    shapes, rest_s, cpu_s, wall_s = {}, [], cpu_so_far(), 0.0
    with working(server.settings, server.database, shares=True):
        first = server.queue("user 0", _SIZES[0])  # loads modules
        server.wait([first])
        wall_s += server.measured(first).took_s
        for n_tracks in _SIZES:
            job_id = server.queue("user 0", n_tracks)
            server.wait([job_id])
            seconds = server.steps(job_id, "user 0")
            took_s = server.measured(job_id).took_s
            wall_s += took_s
            rest_s.append(max(0.0, took_s - sum(seconds.values())))
            # Steps at the same time took longer than each by itself.
            share = min(1.0, took_s / sum(seconds.values()))
            own = {name: share * spent for name, spent in seconds.items()}
            shapes[n_tracks] = mixtape(own, n_tracks, n_tracks * minutes)
            print(f"{n_tracks} tracks alone: {took_s:.1f} s", flush=True)
    cores = (cpu_so_far() - cpu_s) / wall_s
    print(f"{cores:.2f} core seconds for a second of a job", flush=True)
    spent = {size: tuple(step.times(cores) for step in steps) for size, steps in shapes.items()}
    return spent, sum(rest_s) / len(rest_s)


def together(server: Server, arrivals: Sequence[tuple[float, str, int]]) -> list[Measured]:
    """Queue jobs at their times for two workers; return what each took."""
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(working(server.settings, server.database, shares=True))
        began, ids = time.monotonic(), []
        for at_s, user, n_tracks in arrivals:
            time.sleep(max(0.0, began + at_s - time.monotonic()))
            ids.append(server.queue(user, n_tracks))
        server.wait(ids)
    return [server.measured(job_id) for job_id in ids]


def stored_mb(server: Server) -> float:
    """Megabytes of all files of jobs."""
    return (server.database.first(select(func.sum(FILES.c.size))) or 0) / 1e6


def compare(real: Sequence[Measured], simulated: Sequence[Job]) -> None:
    """Print waits and durations of both, and the ratio of the means."""
    print(f"{'':24}{'real':>10}{'simulated':>12}{'ratio':>8}")
    for name in ("waited_s", "took_s"):
        pair = [[getattr(job, name) for job in jobs] for jobs in (real, simulated)]
        means = [sum(values) / len(values) for values in pair]
        rows = {"mean": means} | {
            f"p{p}": [percentile(values, p) for values in pair] for p in (50, 95)
        }
        for label, (was, said) in rows.items():
            ratio = f"{said / was:8.2f}" if was else ""
            print(f"{f'{name} {label}':24}{was:10.1f}{said:12.1f}{ratio}")


def main() -> None:
    """Measure jobs alone, then together; simulate the same arrivals."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale.real_run", description=__doc__)
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--load", type=float, default=0.85, help="share of the workers' time")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of a composed song")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="an empty database; else SQLite")
    for name, value in (("tracks", max(_SIZES)), ("formats", "mp3"), ("video", 720)):
        parser.set_defaults(**{name: value})
    options = parser.parse_args()
    random = Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        server = Server.new(Path(folder), options)
        shapes, start_s = alone(server, options.seconds / 60.0)
        seconds = [start_s + sum(step.seconds for step in steps) for steps in shapes.values()]
        every_s, at_s, drawn = sum(seconds) / len(seconds) / (2 * options.load), 0.0, []
        for _ in range(options.jobs):
            drawn.append((at_s, f"user {random.randrange(_USERS)}", random.choice(_SIZES)))
            at_s += random.expovariate(1.0 / every_s)
        commits, before_mb = [0], stored_mb(server)
        event.listen(Engine, "commit", lambda _: commits.__setitem__(0, commits[0] + 1))
        real = together(server, drawn)
        minutes = sum(n for *_, n in drawn) * options.seconds / 60.0
        mb = stored_mb(server) - before_mb
        print(f"{commits[0] / len(drawn):.0f} commits a job, {mb / minutes:.2f} MB a minute")
    arrivals = [Arrival(at, user, shapes[n_tracks]) for at, user, n_tracks in drawn]
    compare(real, simulate(arrivals, 2, Delays(start_s, start_s)).ended)


if __name__ == "__main__":
    main()
