"""Delete an account's rows: first those that give access to it, then all others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete, func
from sqlmodel import Session, SQLModel, col, select

from ..errors import Conflict
from ..jobs.states import PENDING, JobStatus
from .accounts.accounts import NO_PASSWORD, SignInFailureRow, UserRow
from .accounts.credentials import end_sign_ins
from .accounts.google import GoogleIdentityRow
from .database import Database, hold_lock
from .jobs.tables import JOBS
from .library import ImageRow, TrackRow
from .sounds import SoundRow


@dataclass(frozen=True, slots=True)
class RemovedAccount:
    """The files that a removed account leaves on disk, for the caller to delete."""

    job_ids: tuple[str, ...]
    contents: frozenset[str]
    pictures: frozenset[str]


@dataclass(frozen=True, slots=True)
class AccountRemovalStore:
    """Deletes accounts' rows. Thread-safe."""

    database: Database

    def close(self, user_id: str, *, now: datetime) -> None:
        """End all access to the account, and free its email address.

        Raise ``Conflict`` for the only admin. The other rows stay for :meth:`remove`.
        """
        with self.database.write() as session:
            hold_lock(session, "users")
            row = session.get(UserRow, user_id)
            if row is None or row.closed_at is not None:
                return  # another request has already deleted it
            if row.is_admin:
                _require_another_admin(session, user_id)
            failures = delete(SignInFailureRow).where(col(SignInFailureRow.account) == row.email)
            session.execute(failures)
            row.email, row.password_hash, row.closed_at = f"closed {user_id}", NO_PASSWORD, now
            end_sign_ins(session, user_id)
            identities = col(GoogleIdentityRow.user_id) == user_id
            session.execute(delete(GoogleIdentityRow).where(identities))

    def closed(self) -> list[str]:
        """Return the ids of closed accounts that are not yet removed."""
        return self.database.all(select(UserRow.id).where(col(UserRow.closed_at).is_not(None)))

    def pending_jobs(self, user_id: str) -> list[str]:
        """Return the ids of the account's jobs that have not ended."""
        pending = (JOBS.c.user_id == user_id, JOBS.c.status.in_(PENDING))
        return self.database.all(select(JOBS.c.id).where(*pending))

    def remove(self, user_id: str) -> RemovedAccount | None:
        """Delete all rows of a closed account; None if one of its jobs is still running."""
        with self.database.write() as session:
            running = (JOBS.c.user_id == user_id, JOBS.c.status == JobStatus.RUNNING)
            if session.execute(select(JOBS.c.id).where(*running).limit(1)).first():
                return None
            removed = _left_on_disk(session, user_id)
            for table in _tables_of_users():
                session.execute(delete(table).where(table.c.user_id == user_id))
            session.execute(delete(UserRow).where(col(UserRow.id) == user_id))
            return removed


def _require_another_admin(session: Session, user_id: str) -> None:
    others = select(func.count()).select_from(UserRow)
    others = others.where(UserRow.id != user_id, col(UserRow.closed_at).is_(None))
    if session.exec(others).one() and not session.exec(others.where(UserRow.is_admin)).one():
        raise Conflict(
            "You are the only administrator, and other people have accounts here.",
            hint="Make another account an administrator first: "
            "python -m backend.app.cli accounts make-admin EMAIL",
        )


def _left_on_disk(session: Session, user_id: str) -> RemovedAccount:
    jobs = session.execute(select(JOBS.c.id).where(JOBS.c.user_id == user_id)).scalars()
    tracks = select(TrackRow.content_hash).where(TrackRow.user_id == user_id)
    sounds = select(SoundRow.content_hash).where(SoundRow.user_id == user_id)
    pictures = select(ImageRow.file_name).where(ImageRow.user_id == user_id)
    return RemovedAccount(
        tuple(jobs),
        frozenset({*session.exec(tracks), *session.exec(sounds)}),
        frozenset(session.exec(pictures)),
    )


def _tables_of_users() -> list[Table]:
    """List all tables whose rows belong to a user; tables that refer to others come first."""
    users = SQLModel.metadata.tables["users"]
    return [
        table
        for table in reversed(SQLModel.metadata.sorted_tables)
        if any(key.column.table is users for key in table.foreign_keys)
    ]
