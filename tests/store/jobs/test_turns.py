"""Many users' jobs take turns."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from statistics import fmean

from tests.jobs.rows import LEASE_S, Rows

USERS = 20
JOBS_EACH = 10
SLOTS = 2


def test_no_user_of_twenty_waits_twice_as_long_as_the_mean(rows: Rows):
    """200 jobs of 20 users, queued user by user; the runner's clock is scripted."""
    owner_of = _queue_jobs(rows)
    waits: dict[str, list[float]] = defaultdict(list)
    for job_id, wait in _run_all(rows, seed=1).items():
        waits[owner_of[job_id]].append(wait)
    assert {user: len(each) for user, each in waits.items()} == dict.fromkeys(waits, JOBS_EACH)
    means = [fmean(each) for each in waits.values()]
    # In the order of requests, the last user would wait 1.95 times the mean.
    assert max(means) <= 1.2 * fmean(means)
    for nth in zip(*waits.values(), strict=True):  # each user's first job, second job, and so on
        # All first jobs begin within one turn of all users, whose mean is half of it.
        assert max(nth) <= max(2.0 * fmean(nth), 2.0 * USERS)


def _queue_jobs(rows: Rows) -> dict[str, str]:
    """Queue all jobs, one user's after another's; return each job's user."""
    users = [rows.user(f"user{number}") for number in range(USERS)]
    return {rows.job(user): user for user in users for _ in range(JOBS_EACH)}


def _run_all(rows: Rows, *, seed: int) -> dict[str, float]:
    """Run all jobs, several at a time; return when each began."""
    durations = random.Random(seed)
    running: list[tuple[float, int]] = [(0.0, slot) for slot in range(SLOTS)]
    claims: dict[int, object] = {}
    began: dict[str, float] = {}
    while running:
        now, slot = heapq.heappop(running)
        if slot in claims:
            rows.queue.succeeded(claims.pop(slot))
        claim = rows.queue.claim(f"slot{slot}", LEASE_S)
        if claim is not None:
            claims[slot] = claim
            began[claim.job_id] = now
            heapq.heappush(running, (now + durations.uniform(0.2, 3.0), slot))
    return began
