"""Claim jobs as fast as possible: ``python -m tests.store.jobs.racer URL``."""

from __future__ import annotations

import sys

from backend.app.jobs.owners import own_name
from backend.app.store.database import open_database
from backend.app.store.jobs.queue import SqlJobQueue


def main(url: str) -> None:
    queue = SqlJobQueue(open_database(url, migrate=False))
    owner = own_name()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    while claim := queue.claim(owner, 30.0):
        print(claim.job_id, flush=True)  # noqa: T201
        queue.succeeded(claim)


if __name__ == "__main__":
    main(sys.argv[1])
