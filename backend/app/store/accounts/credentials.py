"""Rows of refresh tokens, browser sessions and one-time codes, stored as digests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from ..database import Database, UtcDateTime, record_of
from .accounts import User, UserRow, has_password_hash, remember_address
from .sign_ins import Holder, SignIn, SignInRow, Visit, add_sign_in_row, see_sign_in


class RefreshTokenRow(SQLModel, table=True):
    """A refresh token; ``family`` is the id of its sign-in."""

    __tablename__ = "refresh_tokens"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    family: str = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """A browser that stays signed in by its cookie."""

    __tablename__ = "sessions"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    sign_in_id: str | None = Field(default=None, index=True)


class SessionCodeRow(SQLModel, table=True):
    """A code that can be exchanged once for a session cookie."""

    __tablename__ = "session_codes"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    sign_in_id: str | None = Field(default=None, index=True)


@dataclass(frozen=True, slots=True)
class CredentialStore:
    """Refresh tokens, sessions and one-time codes. Thread-safe."""

    database: Database

    def add_sign_in(
        self,
        sign_in: SignIn,
        refresh_digest: str,
        *,
        password_hash: str | None = None,
        known_as: str = "",
    ) -> bool:
        """Store a sign-in with its first refresh token; remember its address as ``known_as``.

        ``password_hash`` is the hash against which a password was checked. If the account has
        another one by now, nothing is stored and the result is False, so that a change of the
        password leaves no sign-in by the old one.
        """
        holder = Holder(sign_in.user_id, sign_in.id)
        with self.database.write() as session:
            if password_hash is not None and not has_password_hash(
                session, sign_in.user_id, password_hash
            ):
                return False
            add_sign_in_row(session, sign_in)
            session.add(_token(refresh_digest, holder, sign_in.expires_at))
            if known_as:
                remember_address(session, sign_in.user_id, known_as, now=sign_in.created_at)
            return True

    def rotate_refresh_token(
        self, digest: str, *, successor: str, expires_at: datetime, visit: Visit
    ) -> Holder | None:
        """Exchange a refresh token for its successor; return its holder, or None if invalid.

        If a token is used twice, it or its successor was stolen, so the sign-in ends: with all its
        refresh tokens, and the session that may have been opened with one.
        """
        with self.database.write() as session:
            row = session.get(RefreshTokenRow, digest)
            if row is None or row.revoked_at is not None or row.expires_at <= visit.at:
                return None
            if row.used_at is not None:
                end_sign_ins(session, row.user_id, only=row.family)
                return None
            row.used_at = visit.at
            holder = Holder(row.user_id, row.family)
            session.add(_token(successor, holder, expires_at))
            see_sign_in(session, row.family, visit, expires_at=expires_at)
            return holder

    def holder_of_refresh_token(self, digest: str) -> Holder | None:
        """Return the holder of a refresh token, valid or not."""
        row = self.database.first(select(RefreshTokenRow).where(RefreshTokenRow.digest == digest))
        return None if row is None else Holder(row.user_id, row.family)

    def add_session_code(self, digest: str, holder: Holder, *, expires_at: datetime) -> None:
        """Store a one-time code."""
        row = SessionCodeRow(
            digest=digest,
            user_id=holder.user_id,
            sign_in_id=holder.sign_in_id,
            expires_at=expires_at,
        )
        self.database.add(row)

    def open_session(
        self, code_digest: str, *, session_digest: str, expires_at: datetime, now: datetime
    ) -> bool:
        """Exchange a one-time code for a session; False if it is unknown, used or expired."""
        with self.database.write() as session:
            code = session.get(SessionCodeRow, code_digest)
            if code is None:
                return False
            session.delete(code)
            if code.expires_at > now:
                row = SessionRow(
                    digest=session_digest,
                    user_id=code.user_id,
                    sign_in_id=code.sign_in_id,
                    expires_at=expires_at,
                )
                session.add(row)
            return code.expires_at > now

    def use_session(self, digest: str, visit: Visit) -> Holder | None:
        """Return the holder of an unexpired session, and record the visit."""
        with self.database.write() as session:
            row = session.get(SessionRow, digest)
            if row is None or row.expires_at <= visit.at or row.sign_in_id is None:
                return None
            see_sign_in(session, row.sign_in_id, visit)
            return Holder(row.user_id, row.sign_in_id)

    def holder_of_session(self, digest: str) -> Holder | None:
        """Return the holder of a session, expired or not."""
        row = self.database.first(select(SessionRow).where(SessionRow.digest == digest))
        return None if row is None else Holder(row.user_id, row.sign_in_id or "")

    def user(self, holder: Holder, *, now: datetime) -> User | None:
        """Return the holder's account, unless the sign-in ended or the account is closed."""
        query = select(UserRow).join(SignInRow, col(SignInRow.user_id) == col(UserRow.id))
        query = query.where(SignInRow.id == holder.sign_in_id, UserRow.id == holder.user_id)
        query = query.where(SignInRow.expires_at > now, col(UserRow.closed_at).is_(None))
        row = self.database.first(query)
        return None if row is None else record_of(User, row)

    def active(self, holders: Collection[Holder], *, now: datetime) -> set[Holder]:
        """Return those holders whose sign-ins have not ended."""
        ids = {holder.sign_in_id for holder in holders}
        query = select(SignInRow).where(col(SignInRow.id).in_(ids), SignInRow.expires_at > now)
        return {Holder(row.user_id, row.id) for row in self.database.all(query)} & {*holders}

    def sign_ins(self, user_id: str, *, now: datetime) -> list[SignIn]:
        """List a user's sign-ins that have not ended, the last active one first."""
        query = select(SignInRow).where(SignInRow.user_id == user_id, SignInRow.expires_at > now)
        query = query.order_by(col(SignInRow.seen_at).desc(), col(SignInRow.id))
        return [record_of(SignIn, row) for row in self.database.all(query)]

    def end_sign_in(self, holder: Holder) -> bool:
        """End a user's sign-in, with its tokens and its session; False if there is none."""
        with self.database.write() as session:
            return end_sign_ins(session, holder.user_id, only=holder.sign_in_id) > 0

    def end_others(self, holder: Holder) -> None:
        """End all sign-ins of the user except this one."""
        with self.database.write() as session:
            end_sign_ins(session, holder.user_id, keep=holder.sign_in_id)

    def delete_expired(self, *, now: datetime) -> None:
        """Delete expired rows."""
        tables = (RefreshTokenRow, SessionRow, SessionCodeRow, SignInRow)
        self.database.change(
            *(delete(table).where(col(table.expires_at) < now) for table in tables)
        )


def end_sign_ins(
    session: Session, user_id: str, *, only: str | None = None, keep: str | None = None
) -> int:
    """End a user's sign-ins within a transaction; return their number."""
    ended = 0
    for table, sign_in in (
        (RefreshTokenRow, col(RefreshTokenRow.family)),
        (SessionRow, col(SessionRow.sign_in_id)),
        (SessionCodeRow, col(SessionCodeRow.sign_in_id)),
        (SignInRow, col(SignInRow.id)),
    ):
        statement = delete(table).where(col(table.user_id) == user_id)
        if only is not None:
            statement = statement.where(sign_in == only)
        if keep is not None:
            statement = statement.where(sign_in.is_distinct_from(keep))
        ended = session.connection().execute(statement).rowcount
    return ended


def _token(digest: str, holder: Holder, expires_at: datetime) -> RefreshTokenRow:
    return RefreshTokenRow(
        digest=digest, user_id=holder.user_id, family=holder.sign_in_id, expires_at=expires_at
    )
