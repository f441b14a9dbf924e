"""``python -m bench.jobs.fan_out``: measure one mixtape job on one worker and on two.

Each worker has one place and one thread (``RENDER_WORKERS=1``). The job mixes composed songs as a
DJ would, into an MP3 and a film. Three rounds: a worker that shares nothing, as on a single
machine; one that splits its steps into tasks, alone; two that do. CPU seconds are of all processes.
"""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from backend.app.jobs.states import JobStatus
from backend.app.jobs.threads import ThreadExecutor
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.settings import Settings
from backend.app.store.accounts.accounts import UserRow
from backend.app.store.database import Database, open_database
from backend.app.store.jobs.job_store import JobStore, NewJob
from backend.app.store.jobs.queue import SqlJobQueue
from backend.app.store.jobs.records import JobRecord
from backend.app.store.jobs.tasks import SqlTaskQueue
from backend.app.wiring.jobs.executor import build_launcher, executor_options

from .rerender import dj_inputs
from .whole_job import KEPT_IN

_USER = "bench"
_LOOK_S = 0.1


@dataclass(frozen=True)
class Spent:
    """Wall-clock and CPU seconds of a job, and the wall-clock seconds of each step.

    ``music_min`` are the minutes of all its songs.
    """

    wall_s: float
    cpu_s: float
    steps: dict[str, float]
    music_min: float


def cpu_so_far() -> float:
    """CPU seconds of this process and of its ended children, with theirs."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usages)


@contextmanager
def working(settings: Settings, database: Database, *, shares: bool) -> Iterator[None]:
    """Run a worker with one place, and processes of its own."""
    options = executor_options(settings, find_ffmpeg(settings.ffmpeg_binary), [])
    tasks = SqlTaskQueue(database) if shares else None
    launcher = build_launcher(options.pipelines)
    queue, options = SqlJobQueue(database), replace(options, lanes={"work": 1})
    worker = ThreadExecutor(queue, options, launcher, listen=_look_often, tasks=tasks)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _look_often(wake: Callable[[], None], stopping: Event) -> None:
    """Wake a worker as PostgreSQL's notifications would."""
    while not stopping.wait(_LOOK_S):
        wake()


def measured(
    folder: Path, songs: Path, options: argparse.Namespace, shares: Sequence[bool]
) -> Spent:
    """Run the job once, on a worker for each of ``shares``, in a storage of its own."""
    settings = Settings(_env_file=None, storage_root=folder / "storage", render_workers=1)
    inputs = dj_inputs(settings, songs, options)
    database = open_database(f"sqlite:///{folder / 'segue.db'}")
    database.add(
        UserRow(
            id=_USER,
            email="bench@example.org",
            password_hash="-",
            is_admin=False,
            created_at=datetime.now(UTC),
        )
    )
    jobs, job_id = JobStore(database), secrets.token_hex(8)
    text, work_s = inputs.model_dump_json(), inputs.duration_s
    cpu_s = cpu_so_far()
    with ExitStack() as stack:
        for one in shares:
            stack.enter_context(working(settings, database, shares=one))
        request = inputs.request.model_dump_json()
        began = time.monotonic()
        jobs.add(NewJob(job_id, _USER, "mixtape", "Bench", request, text, work_s), quota=1)
        record = _ended(jobs, job_id)
        wall_s = time.monotonic() - began
    if record.job.status is not JobStatus.SUCCEEDED:
        raise SystemExit(f"The job failed: {record.job.failure}")
    steps = {step.name: step.seconds or 0.0 for step in record.steps}
    return Spent(wall_s, cpu_so_far() - cpu_s, steps, inputs.duration_s / 60.0)


def _ended(jobs: JobStore, job_id: str) -> JobRecord:
    while (record := jobs.find(_USER, job_id)) is None or record.job.finished_s is None:
        time.sleep(_LOOK_S)
    return record


def main() -> None:
    """Compose the songs (or find them in build/); run the job on one worker and on two."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs.fan_out", description=__doc__)
    parser.add_argument("--tracks", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=100.0, help="length of a composed song")
    parser.add_argument("--formats", default="mp3")
    parser.add_argument("--video", type=int, choices=(0, 720, 1080, 2160), default=1080)
    parser.add_argument("--costs", type=Path, help="write core seconds for a minute of music here")
    options = parser.parse_args()
    rounds = {"shares nothing": [False], "one worker": [True], "two workers": [True, True]}
    found: dict[str, Spent] = {}
    for name, shares in rounds.items():
        with tempfile.TemporaryDirectory() as folder:
            songs = KEPT_IN / f"{options.seconds:g} s"
            found[name] = measured(Path(folder), songs, options, shares)
    table(found)
    if options.costs:
        alone = found["shares nothing"]
        own = alone.cpu_s / sum(alone.steps.values())  # steps and encoders run at the same time
        costs = {name: own * spent / alone.music_min for name, spent in alone.steps.items()}
        options.costs.write_text(json.dumps(costs, indent=2) + "\n")


def table(found: dict[str, Spent]) -> None:
    """Print the seconds of each step, and the ratios to the first and second round."""
    print(f"{'seconds':18}" + "".join(f"{name:>16}" for name in found))
    for step in next(iter(found.values())).steps:
        print(f"{step:18}" + "".join(f"{one.steps.get(step, 0.0):16.1f}" for one in found.values()))
    for name, pick in (("all", "wall_s"), ("CPU of all", "cpu_s")):
        print(f"{name:18}" + "".join(f"{getattr(one, pick):16.1f}" for one in found.values()))
    alone, one, two = found.values()
    print(f"one worker / shares nothing: {one.wall_s / alone.wall_s:.2f}")
    print(f"two workers / one worker: {two.wall_s / one.wall_s:.2f}")


if __name__ == "__main__":
    main()
