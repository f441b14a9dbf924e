"""Run a real server in a new process, and use it over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from backend.app.contract.jobs import JobView, LinkView
from backend.app.contract.uploads import ImageUploadView, TracksUploadView
from tests import ROOT
from tests.patience import PATIENCE_S, Patience
from tests.ports import free_port

PASSWORD = "correct horse battery"
ENDED = {"succeeded", "failed", "cancelled"}


def has_ended(job: JobView) -> bool:
    return job.status in ENDED


@dataclass
class Server:
    """``uvicorn backend.app.main:app`` on a storage folder; can be killed and restarted.

    ``command`` is what Python runs; the port is added.
    """

    storage: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    command: Sequence[str] = ("-m", "uvicorn", "backend.app.main:app", "--port")
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        self.port = self.port or free_port()
        own = {"STORAGE_ROOT": str(self.storage), "API_BASE": self.base, **self.settings}
        with (self.storage.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command, str(self.port)],
                cwd=ROOT,
                env={**os.environ, **own},
                stderr=log,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, "the server has exited"
            try:
                if httpx2.get(f"{self.base}/health").status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE_S)
            self.process = None


@contextmanager
def serving(storage: Path, **settings: str) -> Iterator[Server]:
    """Run a server during the block."""
    server = Server(storage, settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def visiting(server: Server, email: str = "ada@example.org") -> Iterator[Visitor]:
    """A user with a new account, signed in during the block."""
    with httpx2.Client(base_url=server.base, timeout=PATIENCE_S) as http:
        yield Visitor(http, email)


class Visitor:
    """A signed-in user who uses the server over HTTP only."""

    def __init__(self, http: httpx2.Client, email: str) -> None:
        self._http = http
        self._account = {"email": email, "password": PASSWORD}
        self._sign_in("/auth/register", json=self._account)

    @property
    def token(self) -> str:
        """The access token."""
        return self._http.headers["Authorization"].removeprefix("Bearer ")

    def sign_in_again(self) -> None:
        """Sign in with the password, as after a token has expired."""
        form = {"username": self._account["email"], "password": self._account["password"]}
        self._sign_in("/auth/token", data=form)

    def _sign_in(self, path: str, **body: object) -> None:
        token = self._ok(self._http.post(path, **body)).json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def upload_tracks(self, files: Sequence[Path]) -> TracksUploadView:
        """Upload files into one crate, with one request for each file, like the app."""
        crate: TracksUploadView | None = None
        for file in files:
            with file.open("rb") as stream:
                answer = self._http.post(
                    "/uploads/tracks",
                    files=[("files", (file.name, stream))],
                    data={"upload_id": crate.id} if crate else {},
                )
            crate = TracksUploadView.model_validate_json(self._ok(answer).content)
        assert crate is not None
        return crate

    def upload_picture(self, content: bytes) -> ImageUploadView:
        answer = self._http.post("/uploads/image", files={"file": ("p.png", content)})
        return ImageUploadView.model_validate_json(self._ok(answer).content)

    def ask(self, method: str, path: str, **body: object) -> httpx2.Response:
        """Send any request; return any response."""
        return self._http.request(method, path, **body)

    def start(self, **request: object) -> JobView:
        answer = self._http.post("/jobs", json={"kind": "mixtape", **request})
        assert answer.status_code == 202, answer.text
        return JobView.model_validate_json(self._http.get(answer.headers["location"]).content)

    def job(self, job_id: str) -> JobView:
        answer = self._http.get(f"/jobs/{job_id}")
        if answer.status_code == 401:  # an access token lasts a quarter of an hour
            self.sign_in_again()
            answer = self._http.get(f"/jobs/{job_id}")
        return JobView.model_validate_json(self._ok(answer).content)

    def wait_for(
        self, job_id: str, until: Callable[[JobView], bool] = has_ended, *, every_s: float = 0.2
    ) -> JobView:
        """Poll until a job ends, or is as far as that."""
        patience = Patience()
        while not until(job := self.job(job_id)):
            assert job.status not in ENDED, job
            patience.check((job.status, job.attempt, job.steps, job.detail))
            time.sleep(every_s)
        return job

    def download(self, job: JobView, name: str, folder: Path) -> Path:
        """Download by a signed link, without a token, streamed to disk."""
        answer = self._ok(self._http.post(f"/jobs/{job.id}/artifacts/{name}/link"))
        link = LinkView.model_validate_json(answer.content)
        path = folder / name
        follow = {"timeout": PATIENCE_S, "follow_redirects": True}
        with httpx2.stream("GET", link.url, **follow) as stream, path.open("wb") as file:
            assert stream.status_code == 200
            for part in stream.iter_bytes():
                file.write(part)
        return path

    @staticmethod
    def _ok(answer: httpx2.Response) -> httpx2.Response:
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return answer
