"""A PostgreSQL server for tests, in its own folder, reached by a socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

_OPTIONS = "-c listen_addresses= -c fsync=off -c max_connections=80"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian has it outside of ``PATH``."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be stopped and started again; its data stay."""

    folder: Path
    control: list[str]

    @property
    def url(self) -> str:
        """The URL of its database, through its socket."""
        return f"postgresql+psycopg://segue@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        _call(self.folder, *self.control, "-o", f"{_OPTIONS} -k {self.folder}", "start")

    def stop(self) -> None:
        """Stop it as a crash would."""
        _call(self.folder, *self.control, "-m", "immediate", "stop")


@contextmanager
def stoppable(bin_folder: Path) -> Iterator[Server]:
    """Start a server with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="segue-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = str(folder / "data")
    server = Server(folder, [*as_user, str(bin_folder / "pg_ctl"), "-D", data, "-w"])
    initdb = [*as_user, str(bin_folder / "initdb")]
    try:
        _call(folder, *initdb, "-D", data, "-A", "trust", "-U", "segue", "-N")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(bin_folder: Path) -> Iterator[str]:
    """Start a server with an empty database; yield its URL."""
    with stoppable(bin_folder) as server:
        yield server.url


def _call(folder: Path, *command: str) -> None:
    log = subprocess.DEVNULL  # a pipe would stay open as long as the server runs
    subprocess.run(command, check=True, stdout=log, stderr=log, cwd=folder)


def delete_all_rows(url: str) -> None:
    """Empty a database that the next test uses, too."""
    engine, tables = sa.create_engine(url), sa.MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in reversed(tables.sorted_tables):
            if table.name != "alembic_version":
                connection.execute(sa.delete(table))
    engine.dispose()
