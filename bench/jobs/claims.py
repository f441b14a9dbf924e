"""``python -m bench.jobs.claims --url postgresql://…``: measure how fast workers claim jobs.

Jobs of several users wait; worker processes claim them all at once, without running them. Then as
many are claimed and ended. It prints the rates, and counts claims that found nothing while jobs
waited. The database gets the rows: use an empty one.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from backend.app.jobs.owners import own_name
from backend.app.jobs.queue import WORK
from backend.app.jobs.states import JobStatus
from backend.app.store.accounts.accounts import UserRow
from backend.app.store.database import Database, open_database
from backend.app.store.jobs.job_store import JobStore, NewJob
from backend.app.store.jobs.queue import SqlJobQueue
from backend.app.store.jobs.tables import JOBS

_LEASE_S = 600.0
# Claims that may find nothing before a worker takes the queue for empty.
_EMPTY_AT_END = 3


def claim_all(url: str, *, ends: bool) -> None:
    """Claim until nothing is left; print claims, and claims that found nothing before."""
    queue, owner = SqlJobQueue(open_database(url, migrate=False)), own_name()
    queue.waiting(WORK, 1)  # connects
    _say("ready")
    sys.stdin.readline()
    claims = empty = empty_in_between = 0
    while empty < _EMPTY_AT_END:
        claim = queue.claim(owner, _LEASE_S)
        if claim is None:
            empty += 1
            continue
        empty_in_between, empty, claims = empty_in_between + empty, 0, claims + 1
        if ends:
            queue.succeeded(claim)
    _say(f"{claims} {empty_in_between}")


def fill(database: Database, users: int, jobs: int) -> None:
    """Add users, and jobs that wait, in turns."""
    store, names = JobStore(database), [secrets.token_hex(4) for _ in range(users)]
    with database.write() as session:
        for name in names:
            address, now = f"{name}@example.org", datetime.now(UTC)
            values = {"password_hash": "-", "is_admin": False, "created_at": now}
            session.connection().execute(insert(UserRow).values(id=name, email=address, **values))
    for number in range(jobs):
        new = NewJob(secrets.token_hex(8), names[number % users], "test", "Bench", "{}", "{}", 1.0)
        store.add(new, quota=jobs)


def race(url: str, workers: int, *, ends: bool) -> tuple[float, list[tuple[int, int]]]:
    """Let workers claim at once; return seconds, and each one's claims and empty claims."""
    command = [sys.executable, "-m", "bench.jobs.claims", "--worker", "--url", url]
    command += ["--end"] if ends else []
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with ExitStack() as stack:
        racers = [
            stack.enter_context(subprocess.Popen(command, text=True, **pipes))
            for _ in range(workers)
        ]
        for racer in racers:
            if _line_of(racer) != "ready":
                raise SystemExit("A worker did not start.")
        began = time.monotonic()
        for racer in racers:
            print("go", file=racer.stdin, flush=True)
        with ThreadPoolExecutor(workers) as readers:
            said = list(readers.map(_line_of, racers))
        seconds = time.monotonic() - began
    counts = [tuple(map(int, line.split())) for line in said]
    return seconds, [(claims, empty) for claims, empty in counts]


def measure(url: str, options: argparse.Namespace) -> None:
    """Fill the database and race, without and with ends; print the rates."""
    database = open_database(url)
    for ends, title in ((False, "claims"), (True, "claims and ends")):
        fill(database, options.users, options.jobs)
        seconds, counts = race(url, options.workers, ends=ends)
        claimed = sum(claims for claims, _ in counts)
        still = select(func.count()).where(JOBS.c.status == JobStatus.QUEUED)
        left = database.first(still)
        if claimed != options.jobs or left:
            raise SystemExit(f"{claimed} of {options.jobs} jobs were claimed; {left} wait.")
        empty = sum(empty for _, empty in counts)
        _say(f"{title}: {claimed / seconds:.0f}/s, {empty} found nothing in between")
    database.close()


def _line_of(racer: subprocess.Popen[str]) -> str:
    return racer.stdout.readline().strip() if racer.stdout else ""


def _say(text: str) -> None:
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, or be one of the workers."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs.claims", description=__doc__)
    parser.add_argument("--url", required=True, help="a PostgreSQL database that may be filled")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1500)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--end", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        claim_all(options.url, ends=options.end)
    else:
        measure(options.url, options)


if __name__ == "__main__":
    main()
