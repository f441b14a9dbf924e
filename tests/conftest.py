"""What keeps the suite short: the longest tests go first, and databases are migrated once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from backend.app.store import database

#: Few tests a file, and up to a minute each.
LONGEST = ("journey", "notebooks", "faults")
#: The browser's driver leaves an event loop running, in which no other test could have its own.
BROWSER = "ui"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)  # sorting keeps the order within a folder


def _rank(item: pytest.Item) -> int:
    folder = item.path.parent.name
    if folder == BROWSER:
        return len(LONGEST) + 1
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


@pytest.fixture(scope="session", autouse=True)
def real_migration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], None]]:
    """A new SQLite file begins as a copy of one that was migrated; any other is migrated itself.

    A migration waits for the disk: a fifth of a second, in a thousand tests. Yields the real one.
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
