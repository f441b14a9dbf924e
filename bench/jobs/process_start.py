"""``python -m bench.jobs.process_start``: measure how long a job's process takes to start.

It prints a process's CPU seconds until its first step and for its whole job, for a mixtape and
previews of its joins; once with each process started anew, once with each forked.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from backend.app.contract.jobs import MixtapeRequest, PreviewRequest
from backend.app.contract.mixes import TimelineView
from backend.app.jobs.messages import Failed, Noted, Order
from backend.app.jobs.pipeline import JobT, Pipeline, Step, StepContext
from backend.app.jobs.processes.launcher import Launcher, NewProcessLauncher
from backend.app.services.files.names import TIMELINE
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.preview.inputs import PreviewInputs
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.executor import PIPELINES, build_launcher
from bench.crate import BenchCrate, composed
from bench.mixing.second_job import shelved

KEPT_IN = Path(__file__).parents[2] / "build" / "start"
"""Folder of the composed tracks, with one folder for each length."""


@dataclass(frozen=True)
class Spent:
    """CPU seconds of a child process and its descendants."""

    start_s: float
    job_s: float


def mixtape(settings: Settings) -> Pipeline[object]:
    from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline

    return _measured(build_mixtape_pipeline(settings))


def preview(settings: Settings) -> Pipeline[object]:
    from backend.app.wiring.jobs.pipelines import build_preview_pipeline

    return _measured(build_preview_pipeline(settings))


def _measured(pipeline: Pipeline[JobT]) -> Pipeline[JobT]:
    """Add a first and a last step that record the CPU time."""
    first, last = Step("first", _note_cpu), Step("last", _note_cpu)
    return Pipeline(pipeline.open, (first, *pipeline.steps, last))


def _note_cpu(ctx: StepContext[JobT]) -> None:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ctx.note(f"CPU {sum(one.ru_utime + one.ru_stime for one in used)}")


def spent(launcher: Launcher, order: Order, storage: Path) -> Spent:
    """Run an order in a child process; return its CPU seconds."""
    child = launcher.launch(order, {"STORAGE_ROOT": str(storage)})
    figures = []
    while (messages := child.read(0.25)) is not None:
        for message in messages:
            if isinstance(message, Failed):
                raise SystemExit(message.failure.message)
            if isinstance(message, Noted) and message.text.startswith("CPU "):
                figures.append(float(message.text.removeprefix("CPU ")))
    child.wait_for_exit()
    child.end()
    return Spent(*figures)


def jobs(crate: BenchCrate, folder: Path, n_previews: int) -> Iterator[tuple[str, Order]]:
    """Yield orders to run in turn: a mixtape with an empty store, previews of its joins."""
    tracks = shelved(crate, ContentStore(folder))
    request = MixtapeRequest(tracks_upload_id="-", order="auto", transitions="dj")
    mix = MixtapeInputs(request=request, title="Bench", tracks=tracks)
    yield "mixtape", _order("mixtape", folder, mix.model_dump_json(), mix.duration_s)
    timeline = TimelineView.model_validate_json((folder / "mixtape" / TIMELINE).read_bytes())
    for join in range(n_previews):
        asked = PreviewRequest(job_id="mixtape", transition=join)
        inputs = PreviewInputs(request=asked, mix=mix, timeline=timeline)
        yield f"preview {join + 1}", _order("preview", folder, inputs.model_dump_json(), 30.0)


def _order(kind: str, folder: Path, inputs: str, work_s: float) -> Order:
    pipeline = f"bench.jobs.process_start:{kind}"
    return Order(kind, pipeline, inputs, work_s, str(folder / kind), 1, [])


def run(name: str, launcher: Launcher, crate: BenchCrate, n_previews: int) -> None:
    """Run the jobs; print the CPU seconds of each."""
    with tempfile.TemporaryDirectory() as folder:
        for job, order in jobs(crate, Path(folder), n_previews):
            figures = spent(launcher, order, Path(folder))
            print(f"{name:14}{job:12}{figures.start_s:10.2f}{figures.job_s:10.2f}", flush=True)
    for process in psutil.Process().children():
        used, memory = process.cpu_times(), process.memory_info().rss / 1e6
        print(f"{'':14}the fork server: {used.user + used.system:.2f} s, {memory:.0f} MB")
    launcher.close()


def main() -> None:
    """Compose a crate, mix it, and preview its joins."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs.process_start", description=__doc__)
    parser.add_argument("--tracks", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=150.0, help="length of a composed track")
    options = parser.parse_args()
    crate = composed(KEPT_IN / f"{options.seconds:g} s", options.tracks, options.seconds)
    print(f"{'CPU seconds':14}{'':12}{'start':>10}{'job':>10}")
    launchers: dict[str, Callable[[], Launcher]] = {
        "new process": NewProcessLauncher,
        "forked": lambda: build_launcher(PIPELINES),
    }
    for name, launcher in launchers.items():
        run(name, launcher(), crate, n_previews=min(3, options.tracks - 1))


if __name__ == "__main__":
    main()
