"""The storage of an earlier version: rows as SQL, and its files."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from backend.app.settings import Settings

WRITTEN = Path(__file__).parent / "ee07354"
EMAIL = "ann@example.org"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class EarlierStorage:
    """A copy of the earlier version's storage, with access to the rows of its jobs."""

    root: Path

    @classmethod
    def copied_to(cls, root: Path) -> EarlierStorage:
        shutil.copytree(WRITTEN / "storage", root)
        database = sqlite3.connect(root / "segue.db")
        database.executescript((WRITTEN / "rows.sql").read_text(encoding="utf-8"))
        database.close()
        return cls(root)

    @property
    def settings(self) -> Settings:
        return Settings(
            _env_file=None,
            storage_root=self.root,
            jwt_secret="a-secret-that-is-used-in-tests-only-0123456789",
            tokens_encryption_key="a-key-that-is-used-in-tests-only-0123456789",
        )

    def column(self, name: str) -> dict[str, str]:
        """A column of the jobs' table, by job, as it was written."""
        with sqlite3.connect(self.root / "segue.db") as database:
            return dict(database.execute(f"SELECT id, {name} FROM jobs"))

    def job(self, kind: str, status: str = "succeeded") -> str:
        """The first job of a kind that ended in a given state."""
        kinds, statuses = self.column("kind"), self.column("status")
        return next(one for one in kinds if (kinds[one], statuses[one]) == (kind, status))

    def request(self, job_id: str) -> dict[str, object]:
        return dict(json.loads(self.column("request")[job_id]))

    def contents(self) -> list[str]:
        """The names of all sounds in the library."""
        with sqlite3.connect(self.root / "segue.db") as database:
            rows = database.execute("SELECT content FROM tracks UNION SELECT content FROM sounds")
            return [name for (name,) in rows]

    def set(self, job_id: str, **values: str) -> None:
        """Change a job's row as another version would have written it."""
        with sqlite3.connect(self.root / "segue.db") as database:
            for name, value in values.items():
                database.execute(f"UPDATE jobs SET {name} = ? WHERE id = ?", (value, job_id))
