"""``python -m bench.jobs.whole_job``: measure a whole mixtape job, step by step.

The job mixes six composed songs into five formats and a film. Steps that run at the same time share
one line, because the operating system counts their CPU time together.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import get_args

from backend.app.contract.dj import CheckJoins
from backend.app.jobs.messages import Order
from backend.app.jobs.runner import run_order
from backend.app.settings import Settings
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline

from .rerender import dj_inputs
from .step_costs import Spent, cost_of_step, watched

KEPT_IN = Path(__file__).parents[2] / "build" / "whole_job"
"""Folder of the composed songs, with one folder for each length."""

FORMATS = "mp3,flac,wav,m4a,opus"


def run(folder: Path, crate_folder: Path, options: argparse.Namespace) -> dict[str, Spent]:
    """Run the job once; return the cost of each step, or group of steps."""
    settings = Settings(storage_root=folder / "storage")
    inputs = dj_inputs(settings, crate_folder, options)
    order = Order(
        job_id="bench",
        pipeline="",
        inputs=inputs.model_dump_json(),
        work_s=inputs.duration_s,
        workspace=str(folder / "job"),
        attempt=1,
        finished=[],
    )
    steps: dict[str, Spent] = {}
    run_order(order, build_mixtape_pipeline(settings), watched(steps))
    return steps


def table(rounds: list[dict[str, Spent]]) -> None:
    """Print the medians of each step's CPU and wall-clock seconds."""
    print(f"{'':26}{'CPU s':>9}{'wall s':>9}{'CPU of each round':>30}")
    for step in (*rounds[0], "all"):
        cpu_s = [cost_of_step(one, step).cpu_s for one in rounds]
        wall_s = [cost_of_step(one, step).wall_s for one in rounds]
        each = " ".join(f"{one:.1f}" for one in cpu_s)
        print(f"{step:26}{statistics.median(cpu_s):9.2f}{statistics.median(wall_s):9.2f}{each:>30}")


def main() -> None:
    """Compose the songs (or find them in build/); mix them ``--rounds`` times."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs.whole_job", description=__doc__)
    parser.add_argument("--tracks", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=100.0, help="length of a composed song")
    parser.add_argument("--formats", default=FORMATS)
    parser.add_argument("--video", type=int, choices=(0, 720, 1080, 2160), default=1080)
    parser.add_argument("--check-joins", choices=get_args(CheckJoins), default="default")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rounds = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(run(Path(folder), KEPT_IN / f"{options.seconds:g} s", options))
    table(rounds)


if __name__ == "__main__":
    main()
