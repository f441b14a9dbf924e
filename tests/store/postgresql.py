"""A PostgreSQL server for tests, in its own folder, reached by a socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPTIONS = "-c listen_addresses= -c fsync=off -c max_connections=40"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian has it outside of ``PATH``."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def running(bin_folder: Path) -> Iterator[str]:
    """Start a server with an empty database; yield its URL."""
    folder = Path(tempfile.mkdtemp(prefix="segue-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = str(folder / "data")
    control = [*as_user, str(bin_folder / "pg_ctl"), "-D", data, "-w"]

    def call(*command: str) -> None:
        log = subprocess.DEVNULL  # a pipe would stay open as long as the server runs
        subprocess.run(command, check=True, stdout=log, stderr=log, cwd=folder)

    try:
        call(*as_user, str(bin_folder / "initdb"), "-D", data, "-A", "trust", "-U", "segue", "-N")
        call(*control, "-o", f"{_OPTIONS} -k {folder}", "start")
        yield f"postgresql+psycopg://segue@/postgres?host={folder}"
        call(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
