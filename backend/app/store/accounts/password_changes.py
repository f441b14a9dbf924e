"""Rows of password resets, and changes of passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from ..database import Database, UtcDateTime, record_of
from .accounts import User, UserRow, has_password_hash
from .credentials import end_sign_ins
from .sign_ins import Holder


class PasswordResetRow(SQLModel, table=True):
    """A link with which a user may set a new password once, found by its secret's digest."""

    __tablename__ = "password_resets"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class PasswordStore:
    """Changes passwords; each change also voids reset links. Thread-safe."""

    database: Database

    def change(self, holder: Holder, password_hash: str, *, checked_hash: str) -> bool:
        """Set a user's password, and end all sign-ins except the holder's.

        ``checked_hash`` is the hash against which the current password was checked; False if the
        account has another one by now.
        """
        with self.database.write() as session:
            if not has_password_hash(session, holder.user_id, checked_hash):
                return False
            _set_password(session, holder.user_id, password_hash)
            end_sign_ins(session, holder.user_id, keep=holder.sign_in_id)
            return True

    def add_reset(self, digest: str, user_id: str, *, expires_at: datetime) -> None:
        """Store a password reset; it replaces the user's earlier ones."""
        with self.database.write() as session:
            _delete_resets(session, user_id)
            session.add(PasswordResetRow(digest=digest, user_id=user_id, expires_at=expires_at))

    def user_of_reset(self, digest: str, *, now: datetime) -> User | None:
        """Return the user of an unexpired reset."""
        query = select(UserRow).join(
            PasswordResetRow, col(PasswordResetRow.user_id) == col(UserRow.id)
        )
        query = query.where(PasswordResetRow.digest == digest, PasswordResetRow.expires_at > now)
        row = self.database.first(query)
        return None if row is None else record_of(User, row)

    def use_reset(self, digest: str, password_hash: str, *, now: datetime) -> bool:
        """Set the user's password and end all sign-ins; False if the reset is invalid.

        It is invalid once used or expired.
        """
        with self.database.write() as session:
            row = session.get(PasswordResetRow, digest, with_for_update=True)
            if row is None or row.expires_at <= now:
                return False
            user_id = row.user_id
            _set_password(session, user_id, password_hash)
            end_sign_ins(session, user_id)
            return True

    def delete_expired(self, *, now: datetime) -> None:
        """Delete expired resets."""
        expired = col(PasswordResetRow.expires_at) < now
        self.database.change(delete(PasswordResetRow).where(expired))


def _set_password(session: Session, user_id: str, password_hash: str) -> None:
    this = col(UserRow.id) == user_id
    session.execute(update(UserRow).where(this).values(password_hash=password_hash))
    _delete_resets(session, user_id)


def _delete_resets(session: Session, user_id: str) -> None:
    session.execute(delete(PasswordResetRow).where(col(PasswordResetRow.user_id) == user_id))
