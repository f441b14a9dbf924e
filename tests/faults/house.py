"""A whole API in a process of its own, to be killed at any moment and started again.

What it runs is up to the caller: a :class:`Trial` names the pipelines, the request and the files it
needs. The names of the steps are read off the job itself.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

ROOT = Path(__file__).parents[2]
ENDED = ("succeeded", "failed", "cancelled")
JsonObject = dict[str, object]


@dataclass(frozen=True)
class Trial:
    """A kind of job to be disturbed.

    ``pipelines`` replaces the product's (None: leaves it); ``tracks`` and ``image`` are uploaded
    once; ``request`` is the body of ``POST /jobs`` without their ids.
    """

    request: JsonObject
    tracks: Sequence[Path]
    image: Path | None = None
    pipelines: Mapping[str, str] | None = None
    patience_s: float = 60.0
    settings: Mapping[str, str] = field(default_factory=dict)


class House:
    """The API over one storage folder, and one user of it."""

    def __init__(self, storage: Path, trial: Trial) -> None:
        self.storage = storage
        self.trial = trial
        self.port = _free_port()
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)
        self.process: subprocess.Popen[bytes] | None = None
        self._body: JsonObject | None = None

    def __enter__(self) -> House:
        self.start()
        self._sign_up()
        self._body = self._upload()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.kill()
        self.client.close()

    def start(self) -> None:
        environment = {
            **os.environ,
            "STORAGE_ROOT": str(self.storage),
            **self.trial.settings,
        }
        command = [sys.executable, "-m", "tests.faults.serve", str(self.port)]
        for kind, pipeline in (self.trial.pipelines or {}).items():
            command.append(f"{kind}={pipeline}")
        log = (self.storage.parent / "api.log").open("ab")
        with log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
        self._wait(self._answers, "the API does not start")

    def kill(self) -> None:
        """``kill -9`` of the API, and the proof that nothing of it is left."""
        assert self.process is not None
        family = _family(self.process.pid)
        self.process.kill()
        self.process.wait()
        self.process = None
        left = _left(family, within_s=2.0)
        assert not left, left

    def terminate(self) -> float:
        """An orderly stop, as at a deploy; the seconds it took."""
        assert self.process is not None
        family, began = _family(self.process.pid), time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        seconds = time.monotonic() - began
        self.process = None
        assert not _left(family, within_s=1.0)
        return seconds

    def kill_child(self) -> bool:
        """``kill -9`` of the process that runs the job; False if there is none just now."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children()
        runners = [child for child in children if _runs_a_job(child)]
        if not runners:
            return False
        family = _family(runners[0].pid)
        with suppress(psutil.NoSuchProcess):
            runners[0].kill()
        left = _left(family, within_s=2.0)
        assert not left, left
        return True

    def submit(self) -> str:
        answer = self.client.post("/jobs", json=self._body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def job(self, job_id: str) -> JsonObject:
        answer = self.client.get(f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def wait_for(self, job_id: str, until: Callable[[JsonObject], bool]) -> JsonObject:
        deadline = time.monotonic() + self.trial.patience_s
        while not until(job := self.job(job_id)):
            assert time.monotonic() < deadline, job
            time.sleep(0.02)
        return job

    def wait_for_end(self, job_id: str) -> JsonObject:
        return self.wait_for(job_id, lambda job: job["status"] in ENDED)

    def workspace(self, job_id: str) -> Path:
        return self.storage / "jobs" / job_id

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the API died at its start"
        try:
            return self.client.get("/health").status_code == 200
        except httpx2.TransportError:
            return False

    def _wait(self, ready: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + self.trial.patience_s
        while not ready():
            assert time.monotonic() < deadline, complaint
            time.sleep(0.05)

    def _sign_up(self) -> None:
        account = {"email": "ann@example.org", "password": "correct horse battery"}
        token = self.client.post("/auth/register", json=account).json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    def _upload(self) -> JsonObject:
        files = [("files", (path.name, path.read_bytes())) for path in self.trial.tracks]
        crate = self.client.post("/uploads/tracks", files=files).json()
        body: JsonObject = {**self.trial.request, "tracks_upload_id": crate["id"]}
        if self.trial.image is not None:
            file = {"file": (self.trial.image.name, self.trial.image.read_bytes())}
            body["bg_image_upload_id"] = self.client.post("/uploads/image", files=file).json()["id"]
        return body


def artifacts_of(job: JsonObject) -> dict[str, str]:
    """Name and hash of every artifact."""
    listed = job["artifacts"]
    assert isinstance(listed, list)
    return {artifact["name"]: artifact["sha256"] for artifact in listed}


def steps_of(job: JsonObject) -> dict[str, float]:
    """Name and seconds of every step of a job that has ended."""
    listed = job["steps"]
    assert isinstance(listed, list)
    return {step["name"]: step["seconds"] for step in listed}


def disturb(
    house: House, step: str, took_s: float, fault: Callable[[], bool]
) -> tuple[JsonObject, float]:
    """A job that ``fault`` hit at a random moment of ``step``; how it ended, and when (s).

    A job that was through before its fault came proves nothing: another one is run.
    """
    while True:
        began = time.monotonic()
        job_id = house.submit()
        house.wait_for(job_id, lambda job: job["step"] == step or job["status"] in ENDED)
        time.sleep(random.uniform(0.0, took_s))
        hit = house.job(job_id)["status"] == "running" and fault()
        ended = house.wait_for_end(job_id)
        if hit and ended["attempt"] != 1:
            return ended, time.monotonic() - began


def _runs_a_job(process: psutil.Process) -> bool:
    try:
        return "backend.app.worker" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def _family(pid: int) -> list[psutil.Process]:
    """A process and all that it started."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _left(family: list[psutil.Process], within_s: float) -> list[psutil.Process]:
    _, left = psutil.wait_procs(family, timeout=within_s)
    return [process for process in left if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
