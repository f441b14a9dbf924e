"""``python -m bench.jobs.previews``: measure how long a user waits for a preview.

It starts a server and counts the seconds from the HTTP request to the finished file: first while
the server is idle, then while it renders another user's mix. The row "changed" previews a join of
another kind than the mix has.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from backend.app.contract.jobs import JobView
from backend.app.contract.mixes import TimelineView
from bench.crate import BenchCrate, composed

from .process_start import KEPT_IN

POLL_S = 0.05
PATIENCE_S = 120.0
ALL_FORMATS = ["mp3", "flac", "wav", "m4a", "opus"]
KINDS = ("cut", "blend", "sweep", "echo", "fade")


class Person:
    """A user of the server."""

    def __init__(self, url: str, name: str) -> None:
        self.http = httpx2.Client(base_url=url, timeout=PATIENCE_S)
        account = {"email": f"{name}@example.org", "password": "correct horse battery"}
        token = self.http.post("/auth/register", json=account).raise_for_status().json()
        self.http.headers["Authorization"] = f"Bearer {token['access_token']}"

    def upload(self, crate: BenchCrate) -> str:
        files = [("files", (f"{name}.flac", crate.path(name).read_bytes())) for name in crate.names]
        answer = self.http.post("/uploads/tracks", files=files).raise_for_status()
        return str(answer.json()["id"])

    def start(self, **request: object) -> JobView:
        answer = self.http.post("/jobs", json=request).raise_for_status()
        return JobView.model_validate_json(answer.content)

    def job(self, job_id: str) -> JobView:
        answer = self.http.get(f"/jobs/{job_id}").raise_for_status()
        return JobView.model_validate_json(answer.content)

    def wait(self, job_id: str) -> JobView:
        while (job := self.job(job_id)).status in ("queued", "running"):
            time.sleep(POLL_S)
        if job.status != "succeeded":
            raise SystemExit(f"{job.title}: {job.error}")
        return job

    def timeline(self, job_id: str) -> TimelineView:
        answer = self.http.get(f"/jobs/{job_id}/artifacts/timeline.json").raise_for_status()
        return TimelineView.model_validate_json(answer.content)


@contextmanager
def server(storage: Path) -> Iterator[str]:
    """Run the API on a free port; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "uvicorn", "backend.app.main:app", "--port", str(port)]
    environment = {**os.environ, "STORAGE_ROOT": str(storage), "API_BASE": url}
    with (storage.parent / "server.log").open("wb") as log:
        process = subprocess.Popen([*command], env=environment, stdout=log, stderr=log)
    try:
        _wait_until_ready(url)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def worker(storage: Path) -> Iterator[None]:
    """Run a worker with Celery."""
    command = [sys.executable, "-m", "backend.app.worker", "--queues", "interactive,cpu"]
    environment = {**os.environ, "STORAGE_ROOT": str(storage)}
    with (storage.parent / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"{url}/health").raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


def previews(person: Person, mix: str, plan: TimelineView, rounds: int, offset: int) -> None:
    """Request previews one after the other; print the seconds that each took."""
    asked: dict[str, Callable[[int], dict[str, object]]] = {
        "as it is": lambda _: {},
        "changed": lambda index: {"override": _other_kind(plan, index, offset)},
    }
    for name, more in asked.items():
        waits = []
        for index in range(rounds):
            join = index % len(plan.transitions)
            began = time.monotonic()
            request = {"kind": "preview", "job_id": mix, "transition": join, **more(index)}
            person.wait(person.start(**request).id)
            waits.append(time.monotonic() - began)
        each = " ".join(f"{wait:.2f}" for wait in waits)
        print(
            f"  {name:10}median {statistics.median(waits):.2f}, worst {max(waits):.2f} s  ({each})"
        )


def _other_kind(plan: TimelineView, index: int, offset: int) -> dict[str, object]:
    join = plan.transitions[index % len(plan.transitions)]
    clips = plan.clips
    kind = KINDS[(index + offset) % len(KINDS)]
    outgoing, incoming = clips[join.outgoing].track_id, clips[join.incoming].track_id
    return {"outgoing": outgoing, "incoming": incoming, "kind": kind}


def wait_for_step(person: Person, job_id: str, step: str) -> None:
    """Wait until a mix job is at a step."""
    while (job := person.job(job_id)).step != step:
        if job.status not in ("queued", "running"):
            raise SystemExit(f"the mix ended before “{step}”: {job.status}")
        time.sleep(POLL_S)


def main() -> None:
    """Mix a crate and preview its joins, without and with another job running."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs.previews", description=__doc__)
    parser.add_argument("--tracks", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=150.0, help="length of a composed track")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=0, help="processes beside the API")
    options = parser.parse_args()
    crate = composed(KEPT_IN / f"{options.seconds:g} s", options.tracks, options.seconds)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        storage = Path(folder) / "storage"
        url = stack.enter_context(server(storage))
        for _ in range(options.workers):
            stack.enter_context(worker(storage))
        measure(url, crate, options)


def measure(url: str, crate: BenchCrate, options: argparse.Namespace) -> None:
    """Preview joins of one user's mix, alone and while others' mixes are rendered."""
    ann, others = Person(url, "ann"), [Person(url, f"bob{n}") for n in range(options.workers or 1)]
    mix = {"order": "auto", "transitions": "dj"}
    job = ann.wait(ann.start(tracks_upload_id=ann.upload(crate), **mix).id)
    plan = ann.timeline(job.id)
    print("nothing else runs")
    previews(ann, job.id, plan, options.rounds, 0)
    large = {**mix, "formats": ALL_FORMATS, "video": {"height": 1080}}
    theirs = [bob.start(tracks_upload_id=bob.upload(crate), **large).id for bob in others]
    for number, step in enumerate(("mixing", "checking"), start=1):
        for bob, job_id in zip(others, theirs, strict=True):
            wait_for_step(bob, job_id, step)
        print(f"others' mixes run ({len(others)}), from the step “{step}” on")
        previews(ann, job.id, plan, options.rounds, number)
        now = [bob.job(job_id).step for bob, job_id in zip(others, theirs, strict=True)]
        print(f"  now they are at {now}")


if __name__ == "__main__":
    main()
