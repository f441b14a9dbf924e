"""An S3 server (SeaweedFS) for tests, in its own folder, at free ports."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.patience import wait_until
from tests.ports import free_port

ACCESS_KEY, SECRET_KEY, BUCKET = "segue-tests", "a-secret-of-the-tests", "segue"

#: Servers inside SeaweedFS; each has a port for HTTP and one for gRPC.
_PARTS = ("master", "volume", "filer", "admin", "s3")
_NOT_NEEDED = (
    *("-admin.ui=false", "-webdav=false", "-master.telemetry=false"),
    *("-s3.port.iceberg=0", "-s3.port.lance=0"),
)


def program() -> str | None:
    """The server's program, which pip installs beside Python."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


@dataclass(slots=True)
class Server:
    """A server with an empty bucket, that can be stopped and started again; its data stay."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where its S3 API is."""
        return f"http://127.0.0.1:{self.ports['s3.port']}"

    def settings(self, prefix: str) -> dict[str, str]:
        """The settings that store files in it, below ``prefix``."""
        return {
            "BLOB_URL": f"s3://{BUCKET}/{prefix}",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        }

    def start(self) -> None:
        """Start it, and wait until its bucket answers."""
        for part in _PARTS:
            for port in (f"{part}.port", f"{part}.port.grpc"):
                self.ports.setdefault(port, free_port())
        ports = [f"-{name}={number}" for name, number in self.ports.items()]
        command = [str(program()), "mini", f"-dir={self.folder}", f"-bucket={BUCKET}"]
        command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", *_NOT_NEEDED, *ports]
        keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=os.environ | keys, stdout=log, stderr=log
            )
        wait_until(self._answers)

    def kill(self) -> None:
        """Kill it."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        """Whether the bucket is there: without a signature, it says "forbidden"."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["s3.port"], timeout=2)
        try:
            connection.request("GET", f"/{BUCKET}/nothing")
            return connection.getresponse().status == 403
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def running() -> Iterator[Server]:
    """Start a server; kill it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="segue-s3-"))
    server = Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
