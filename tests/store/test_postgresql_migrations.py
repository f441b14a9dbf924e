"""PostgreSQL databases of every earlier revision are migrated, with their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from backend.app.store.database import Database, open_database

from .test_migrations import REVISIONS

WITH_TRACKS = REVISIONS[REVISIONS.index("0001") :]
WITH_PUBLICATIONS = REVISIONS[REVISIONS.index("0006") :]
VALUES = {str: "x", int: 0, float: 0.0, bool: False, datetime: datetime(2026, 1, 2, tzinfo=UTC)}
#: What later revisions add to earlier rows
ADDED = {
    "tracks": {"genre": ""},
    "publications": {
        **dict.fromkeys(("uploaded_at", "upload_status", "is_licensed", "looked_at", "look_at")),
        "missed_looks": 0,
        "edit_until_s": None,
    },
}


@pytest.fixture
def new_url(postgresql_url: str, request: pytest.FixtureRequest) -> str:
    """An empty database of its own."""
    name = f"from_{request.node.callspec.params['revision']}"
    server = sa.create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    server.dispose()
    return postgresql_url.replace("/postgres?", f"/{name}?")


def insert(connection: sa.Connection, table: str, **given: object) -> None:
    """Insert a row; missing required columns get a value of their type."""
    found = sa.Table(table, sa.MetaData(), autoload_with=connection)
    row = {
        column.name: given.get(column.name, value_of(column))
        for column in found.columns
        if column.name in given or not (column.nullable or column.server_default)
    }
    connection.execute(sa.insert(found).values(row))


def value_of(column: sa.Column) -> object:
    return [] if isinstance(column.type, sa.JSON) else VALUES[column.type.python_type]


def insert_rows(url: str, revision: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        insert(connection, "users", id="ann", email="ann@example.org")
        if revision in WITH_TRACKS:
            insert(connection, "uploads", id="u", user_id="ann")
            insert(connection, "tracks", id="t", user_id="ann", upload_id="u", title="Sea")
        if revision in WITH_PUBLICATIONS:
            insert(connection, "publications", job_id="j", user_id="ann", title="A mix")
    engine.dispose()


def one_row(opened: Database, table: str) -> dict[str, object]:
    with opened.read() as session:
        rows = session.connection().execute(sa.text(f"SELECT * FROM {table}")).mappings().all()
    [row] = rows
    return dict(row)


@pytest.mark.parametrize("revision", REVISIONS)
def test_rows_of_every_earlier_revision_are_kept(
    revision: str, new_url: str, real_migration: Callable[[str, str], None]
):
    real_migration(new_url, revision)
    insert_rows(new_url, revision)
    opened = open_database(new_url)
    assert one_row(opened, "alembic_version") == {"version_num": REVISIONS[-1]}
    assert one_row(opened, "users")["email"] == "ann@example.org"
    if revision in WITH_TRACKS:
        track = one_row(opened, "tracks")
        assert track["title"] == "Sea"
        assert ADDED["tracks"].items() <= track.items()
    if revision in WITH_PUBLICATIONS:
        publication = one_row(opened, "publications")
        assert publication["title"] == "A mix"
        assert ADDED["publications"].items() <= publication.items()
    opened.close()
