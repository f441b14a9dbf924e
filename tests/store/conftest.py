"""An empty database: SQLite, and PostgreSQL where it is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.app.store.database import Database, open_database

from . import postgresql


@pytest.fixture(scope="package")
def postgresql_url() -> Iterator[str]:
    programs = postgresql.programs()
    if programs is None:
        assert not os.environ.get("CI"), "CI installs PostgreSQL; see .ci/run"
        pytest.skip("PostgreSQL is not installed")
    with postgresql.running(programs) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/segue.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    opened = open_database(url)
    yield opened
    if request.param == "postgresql":
        delete_all_rows(url)
    opened.close()


def delete_all_rows(url: str) -> None:
    """Empty a database that the next test uses, too."""
    engine, tables = sa.create_engine(url), sa.MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in reversed(tables.sorted_tables):
            if table.name != "alembic_version":
                connection.execute(sa.delete(table))
    engine.dispose()
