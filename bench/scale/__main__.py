"""``python -m bench.scale``: simulate mixtapes an hour on different numbers of workers.

The seconds of each step for a minute of music on one core come from ``--costs``, a JSON object as
``python -m bench.jobs.fan_out --costs FILE`` writes it; without it, from the figures below.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

from .simulate import Delays, simulate
from .table import percentile
from .workload import mixtapes

_WARM_UP_S = 3600.0
_MEASURED_S = 2 * 3600.0
# docs/scale.md has the run that gave them.
_SECONDS_PER_MINUTE = {
    "analysing": 0.30,
    "ordering": 0.01,
    "planning": 0.06,
    "stretching": 0.20,
    "mixing": 0.60,
    "checking": 0.30,
    "filming": 0.40,
    "describing": 0.01,
}


def main() -> None:
    """Print a row for each number of workers."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--rate", type=float, default=1000.0, help="mixtapes an hour")
    parser.add_argument("--workers", type=int, nargs="+", default=[20, 24, 28, 32, 40, 48])
    parser.add_argument("--costs", type=Path, help="seconds of each step for a minute of music")
    parser.add_argument("--known", type=float, default=0.2, help="share of tracks analysed before")
    parser.add_argument("--start", type=float, default=0.5, help="seconds to start a process")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    costs = json.loads(options.costs.read_text()) if options.costs else _SECONDS_PER_MINUTE
    random = Random(options.seed)
    whole_s = _WARM_UP_S + _MEASURED_S
    arrivals = mixtapes(costs, options.rate, whole_s, random, options.known)
    work_s = sum(one.seconds for one in arrivals)
    each_s = work_s / len(arrivals)
    print(f"{len(arrivals)} mixtapes in {whole_s / 3600:g} h, {each_s:.0f} core-seconds each")
    print(f"{'workers':>8}{'busy':>8}{'waited p50':>12}{'p95':>8}{'took p50':>12}{'p95':>8}")
    for workers in options.workers:
        ended = simulate(arrivals, workers, Delays(options.start, options.start))
        jobs = [job for job in ended.ended if job.arrival.at_s >= _WARM_UP_S]
        busy = work_s / (workers * max(job.finished_s for job in ended.ended))
        waits, took = [job.waited_s for job in jobs], [job.took_s for job in jobs]
        cells = [f"{percentile(waits, 50):12.1f}{percentile(waits, 95):8.1f}"]
        cells += [f"{percentile(took, 50):12.1f}{percentile(took, 95):8.1f}"]
        print(f"{workers:8}{busy:8.0%}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
