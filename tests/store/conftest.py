"""Databases for the store's tests: SQLite, and PostgreSQL where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.store.database import Database
from tests.jobs.rows import Rows
from tests.postgresql import delete_all_rows


@pytest.fixture(params=["sqlite", "postgresql"])
def rows(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rows]:
    """A database with one user."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    rows = Rows(tmp_path, url)
    rows.user()
    yield rows
    if url is not None:
        delete_all_rows(url)
    rows.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    rows = Rows(tmp_path, url)
    yield rows.database
    if url is not None:
        delete_all_rows(url)
    rows.database.close()
