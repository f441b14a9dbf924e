"""Fixtures and order of tests that keep the suite short.

The longest tests run first, and slow set-up happens once.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path

import httpcore2
import pytest

from backend.app.store import database
from tests.jobs.rows import Rows

#: Folders with few tests in each file, taking up to a minute each.
LONGEST = ("journey", "notebooks", "faults")
#: Folder of tests that mostly wait for their servers.
BROWSER = "ui"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest files; put processor-heavy tests between browser tests."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    browser = [path for path in files if path.parent.name == BROWSER]
    others = [path for path in files if path.parent.name != BROWSER]
    others.sort(key=_rank)  # sorting keeps the order within a folder
    spread = [*zip_longest(browser, others[::2], others[1::2])]
    items[:] = [item for row in spread for path in row if path for item in files[path]]


def _rank(path: Path) -> int:
    folder = path.parent.name
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


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
