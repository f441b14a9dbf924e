"""Many pages that follow jobs, while the jobs take the whole machine."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from tests.jobs.pipelines import STEP_NAMES, Wool

from .house import House
from .trials import knitting

POLLERS = 20
POLLS = 10


@pytest.mark.soak
def test_twenty_pollers_get_their_answer_while_two_jobs_run(tmp_path: Path):
    trial = knitting(tmp_path, Wool(mischief={STEP_NAMES[0]: "burn"}))
    trial = replace(trial, settings={"MAX_CONCURRENT_JOBS": "2"})
    with House(tmp_path / "storage", trial) as house:
        ids = [house.submit() for _ in range(2)]
        for job_id in ids:
            house.wait_for(job_id, lambda job: job["step"] == STEP_NAMES[0])
        with ThreadPoolExecutor(POLLERS) as pool:
            waits = list(pool.map(lambda i: _poll(house, ids[i % 2], i / POLLERS), range(POLLERS)))
    times = sorted(seconds for wait in waits for seconds in wait)
    p95 = statistics.quantiles(times, n=20)[18]
    assert p95 <= 0.100, f"p95 {1000 * p95:.0f} ms, median {1000 * statistics.median(times):.0f} ms"


def _poll(house: House, job_id: str, later_s: float) -> list[float]:
    """Seconds that each look takes, a second apart, on a connection of one's own."""
    times = []
    transport = httpx2.HTTPTransport(verify=False)  # reading certificates would take longer
    base_url, headers = house.client.base_url, house.client.headers
    with httpx2.Client(base_url=base_url, headers=headers, transport=transport) as client:
        time.sleep(later_s)
        for _ in range(POLLS):
            began = time.monotonic()
            answer = client.get(f"/jobs/{job_id}")
            times.append(time.monotonic() - began)
            assert answer.status_code == 200
            time.sleep(max(0.0, 1.0 - times[-1]))
    return times
