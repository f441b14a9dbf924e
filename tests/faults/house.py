"""A whole API in a separate process that tests kill and restart.

What it runs is up to the caller: a :class:`Trial` names the pipelines, the request and the files it
needs. The names of the steps are read off the job itself.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

from tests import ROOT
from tests.jobs.find_processes import fork_server, is_alive, running_jobs
from tests.patience import PATIENCE_S, Patience

ENDED = ("succeeded", "failed", "cancelled")
EMAIL, PASSWORD = "ann@example.org", "correct horse battery"
JsonObject = dict[str, object]


@dataclass(frozen=True)
class Trial:
    """A job kind to be disturbed.

    ``pipelines`` replaces the product's (None: leaves it); ``tracks``, ``image`` and ``sound`` are
    uploaded once; ``request`` is the body of ``POST /jobs`` without their ids.
    """

    request: JsonObject
    tracks: Sequence[Path]
    image: Path | None = None
    sound: Path | None = None
    pipelines: Mapping[str, str] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


class SignedIn(httpx2.Auth):
    """Send the access token, which lasts a quarter of an hour; then sign in again."""

    def __init__(self, api: str, token: str) -> None:
        self._api = api
        self._token = token

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == 401:
            form = {"username": EMAIL, "password": PASSWORD}
            answer = yield httpx2.Request("POST", f"{self._api}/auth/token", data=form)
            answer.read()
            self._token = answer.raise_for_status().json()["access_token"]
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request


class House:
    """The API over one storage folder, with one user; ``request`` is what :meth:`submit` sends."""

    def __init__(self, storage: Path, trial: Trial) -> None:
        self.storage = storage
        self.trial = trial
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx2.Client(base_url=self.url, timeout=PATIENCE_S)
        self.process: subprocess.Popen[bytes] | None = None
        self.request: JsonObject = {}

    def __enter__(self) -> House:
        self.start()
        self._sign_up()
        self.request = self._upload()
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
        self.wait_until(self._answers, "the API does not start")

    def kill(self) -> None:
        """Kill the API with ``kill -9``; check that none of its processes remains."""
        assert self.process is not None
        family = _family(self.process.pid)
        self.process.kill()
        self.process.wait()
        self.process = None
        left = _left(family)
        assert not left, left

    def kill_api(self) -> bool:
        """Kill the API, and start it again."""
        self.kill()
        self.start()
        return True

    def terminate(self) -> None:
        """Stop in an orderly way, as in a deployment."""
        assert self.process is not None
        family = _family(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_S)
        self.process = None
        assert not _left(family)

    def fork_server(self) -> psutil.Process | None:
        """Return the fork server, if it was started."""
        assert self.process is not None
        return fork_server(psutil.Process(self.process.pid))

    def kill_child(self) -> bool:
        """Kill the process that runs the job; return False if none runs."""
        assert self.process is not None
        runners = running_jobs(psutil.Process(self.process.pid))
        return bool(runners) and _kill_family(runners[0])

    def kill_fork_server(self) -> bool:
        """Kill the fork server; return False if none runs."""
        server = self.fork_server()
        return server is not None and _kill_family(server)

    def submit(self, **changes: object) -> str:
        """Start the trial's job, with some fields of its request changed; return its id."""
        answer = self.client.post("/jobs", json={**self.request, **changes})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def job(self, job_id: str) -> JsonObject:
        answer = self.client.get(f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def wait_for(self, job_id: str, until: Callable[[JsonObject], bool]) -> JsonObject:
        patience = Patience()
        while not until(job := self.job(job_id)):
            patience.check([job[name] for name in ("status", "attempt", "steps", "detail")])
            time.sleep(0.05)
        return job

    def wait_until(self, ready: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            assert time.monotonic() < deadline, complaint
            time.sleep(0.05)

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

    def _sign_up(self) -> None:
        account = {"email": EMAIL, "password": PASSWORD}
        token = self.client.post("/auth/register", json=account).json()["access_token"]
        self.client.auth = SignedIn(self.url, token)

    def _upload(self) -> JsonObject:
        files = [("files", (path.name, path.read_bytes())) for path in self.trial.tracks]
        crate = self.client.post("/uploads/tracks", files=files).json()
        body: JsonObject = {**self.trial.request, "tracks_upload_id": crate["id"]}
        if self.trial.sound is not None:
            file = {"files": (self.trial.sound.name, self.trial.sound.read_bytes())}
            sounds = self.client.post("/sounds", files=file, data={"kind": "style"}).json()
            del body["tracks_upload_id"]
            body["track_id"] = crate["tracks"][0]["id"]
            sound_id = sounds["sounds"][0]["id"]
            body["config"] = {stem: {"sound_id": sound_id} for stem in ("drums", "vocals")}
        if self.trial.image is not None:
            file = {"file": (self.trial.image.name, self.trial.image.read_bytes())}
            body["bg_image_upload_id"] = self.client.post("/uploads/image", files=file).json()["id"]
        return body


def artifacts_of(job: JsonObject) -> dict[str, str]:
    """Return name and hash of every artifact."""
    listed = job["artifacts"]
    assert isinstance(listed, list)
    return {artifact["name"]: artifact["sha256"] for artifact in listed}


def steps_of(job: JsonObject) -> dict[str, float]:
    """Return name and seconds of every step of an ended job."""
    listed = job["steps"]
    assert isinstance(listed, list)
    return {step["name"]: step["seconds"] for step in listed}


def state_of(job: JsonObject, step: str) -> str:
    """Return the state of a step."""
    listed = job["steps"]
    assert isinstance(listed, list)
    return next((str(one["state"]) for one in listed if one["name"] == step), "waiting")


def _kill_family(first: psutil.Process) -> bool:
    """Kill a process; check that none of its descendants remains."""
    family = _family(first.pid)
    with suppress(psutil.NoSuchProcess):
        first.kill()
    left = _left(family)
    assert not left, left
    return True


def _family(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _left(family: list[psutil.Process]) -> list[psutil.Process]:
    _, left = psutil.wait_procs(family, timeout=PATIENCE_S)
    return [process for process in left if is_alive(process)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
