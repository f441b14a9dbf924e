"""Check the SQLite file before the server starts."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ...errors import BadSettings
from ...store.database import known_revisions
from .read_settings import check_folder, exists

_HEADER = b"SQLite format 3\0"
# Faults of the file itself; others, such as a lock, pass by themselves.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)
_NO_RESTORE = "Restore it from a backup, or move it away to start with an empty database."
_LOCK_TIMEOUT_S = 1.0


def check_sqlite_file(file: Path, setting: str = "STORAGE_ROOT") -> None:
    """Check a SQLite file; it may be missing.

    Raise :class:`BadSettings` if it is damaged, foreign, or of a newer version of Segue.
    ``setting`` decides where the file is.
    """
    if not exists(file):
        check_folder(setting, file.parent)
        return
    if not file.is_file() or not os.access(file, os.R_OK | os.W_OK):
        raise BadSettings(
            f"{setting}: this account may not read and write the database {file}.",
            hint="Change the file's permissions, or name another.",
        )
    with file.open("rb") as opened:
        begin = opened.read(len(_HEADER))
    if begin and begin != _HEADER:
        raise BadSettings(f"{setting}: {file} is not a SQLite database.", hint=_NO_RESTORE)
    if begin:
        _check_content(file, setting)


def _check_content(file: Path, setting: str) -> None:
    try:
        is_sound, revision = _look_into(file)
    except sqlite3.DatabaseError as e:
        if e.sqlite_errorcode & 0xFF not in _DAMAGED:
            return
        is_sound, revision = False, None
    if not is_sound:
        raise BadSettings(f"{setting}: the database {file} is damaged.", hint=_NO_RESTORE)
    if revision is not None and revision not in known_revisions():
        raise BadSettings(
            f"{setting}: the database {file} was written by a newer version of Segue.",
            hint="Start that version, or name another database.",
        )


def _look_into(file: Path) -> tuple[bool, str | None]:
    """Return whether SQLite finds the file intact, and the revision of its tables, if any."""
    uri = f"file:{quote(str(file.absolute()))}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=_LOCK_TIMEOUT_S)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        has_tables = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        if verdict != "ok" or connection.execute(has_tables).fetchone() is None:
            return verdict == "ok", None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return True, row[0] if row else None
