"""A stream of short mixtapes, sent to whichever API answers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from composer.files import write_crate
from tests.patience import PATIENCE_S

from .audit import Audit, End
from .machines import Machines

_ACCOUNT = {"email": "ada@example.org", "password": "correct horse battery"}
_ENDED = ("succeeded", "failed", "cancelled")
#: Files that name the job, or when it ran.
_WITH_NAMES = {"timeline.json", "report.json"}
#: Fewer than workers: one has time to help.
_AT_ONCE = 2


@dataclass
class Stream:
    """Keeps two jobs going; ``formats`` are those of the next one.

    Four songs of 45 seconds make a mix that is split into four tasks.
    """

    machines: Machines
    audit: Audit
    formats: list[str] = field(default_factory=lambda: ["mp3"])
    jobs: list[str] = field(default_factory=list)
    #: The format of each job.
    kinds: dict[str, str] = field(default_factory=dict)
    _token: str = ""
    _upload: str = ""

    def open(self, folder: Path) -> None:
        """Create the account and upload the songs."""
        write_crate(folder, n_songs=4, seed=11, duration_s=45.0, formats=("mp3",))
        self._token = self._ask("POST", "/auth/register", json=_ACCOUNT).json()["access_token"]
        for song in sorted(folder.glob("*.mp3")):
            answer = self._ask(
                "POST",
                "/uploads/tracks",
                files=[("files", (song.name, song.read_bytes()))],
                data={"upload_id": self._upload} if self._upload else {},
            )
            self._upload = answer.json()["id"]

    def fill(self) -> None:
        """Start jobs until two have not ended."""
        for _ in range(_AT_ONCE - len(self.unfinished())):
            self.submit()

    def unfinished(self) -> list[str]:
        """The jobs that have not ended."""
        ends = self.audit.ends(self.jobs)
        return [job for job, end in ends.items() if end.status not in _ENDED]

    def submit(self) -> str:
        """Start a job."""
        body = {
            "kind": "mixtape",
            "title": "Same",
            "tracks_upload_id": self._upload,
            "transitions": "crossfade",
            "formats": self.formats,
        }
        job = str(self._ask("POST", "/jobs", json=body).json()["id"])
        self.jobs.append(job)
        self.kinds[job] = self.formats[0]
        return job

    def retry(self, job: str) -> None:
        """Retry a failed job, as a user would."""
        self._ask("POST", f"/jobs/{job}/retry")

    def wait_for(self, jobs: Sequence[str], bound_s: float) -> Mapping[str, End]:
        """Wait until these jobs have ended, at most so long."""
        deadline = time.monotonic() + bound_s
        while True:
            self.machines.keep_running()
            ends = self.audit.ends(jobs)
            is_over = all(end.status in _ENDED for end in ends.values())
            if is_over or time.monotonic() > deadline:
                return ends
            time.sleep(0.25)

    def results(self, job: str) -> dict[str, str]:
        """Name and hash of the artifacts that do not depend on the job's name."""
        found = self.audit.artifacts(job).items()
        return {name: sha256 for name, sha256 in found if name not in _WITH_NAMES}

    def _ask(self, method: str, path: str, **body: object) -> httpx2.Response:
        """Ask one API after the other until one gives an answer that is not temporary."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for api in self.machines.apis:
                answer = self._try(api.port, method, path, **body)
                if answer is not None:
                    return answer
            assert time.monotonic() < deadline, f"no API answers {method} {path}"
            self.machines.keep_running()
            time.sleep(0.5)

    def _try(self, port: int, method: str, path: str, **body: object) -> httpx2.Response | None:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        url = f"http://127.0.0.1:{port}"
        try:
            answer = httpx2.request(method, url + path, headers=headers, timeout=60, **body)
            if answer.status_code == 401:
                form = {"username": _ACCOUNT["email"], "password": _ACCOUNT["password"]}
                signed_in = httpx2.post(f"{url}/auth/token", data=form, timeout=60)
                self._token = signed_in.json().get("access_token", "")
                return None
        except httpx2.HTTPError:
            return None
        if answer.status_code in (429, 500, 502, 503, 504):
            return None
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer
