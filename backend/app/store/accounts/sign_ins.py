"""Rows of sign-ins: browsers and programs in which a user is signed in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col

from ..database import UtcDateTime


class SignInRow(SQLModel, table=True):
    """A sign-in; its refresh tokens (as their family) and its session cookie have its id."""

    __tablename__ = "sign_ins"
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    device: str
    address: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in; ``device`` is its ``User-Agent`` header, ``address`` the last one seen."""

    id: str
    user_id: str
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Time, address and device of a request by a user."""

    at: datetime
    address: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """The user to whom a credential was issued, and the sign-in to which it belongs."""

    user_id: str
    sign_in_id: str


def add_sign_in_row(session: Session, sign_in: SignIn) -> None:
    """Add a sign-in within a transaction."""
    session.add(SignInRow(**asdict(sign_in)))


def see_sign_in(
    session: Session, sign_in_id: str, visit: Visit, *, expires_at: datetime | None = None
) -> None:
    """Record a visit within a transaction; extend the sign-in to ``expires_at``."""
    values: dict[str, object] = {"seen_at": visit.at}
    values |= {name: value for name in ("address", "device") if (value := getattr(visit, name))}
    if expires_at is not None:
        values["expires_at"] = expires_at
    session.execute(update(SignInRow).where(col(SignInRow.id) == sign_in_id).values(**values))
