"""Seconds of songs that each user had separated on a day, which outlive the jobs' rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Double, delete, insert, select, update
from sqlmodel import Field, Session, SQLModel


class SeparatedDayRow(SQLModel, table=True):
    """A user's seconds on a day (in UTC, such as 2026-12-01)."""

    __tablename__ = "separated_days"
    user_id: str = Field(primary_key=True, foreign_key="users.id")
    day: str = Field(primary_key=True)
    seconds: float = Field(sa_type=Double)


DAYS = SQLModel.metadata.tables["separated_days"]


def separated_s(session: Session, user_id: str, day: date) -> float:
    """Read a user's seconds on a day."""
    of_day = (DAYS.c.user_id == user_id, DAYS.c.day == day.isoformat())
    return float(session.connection().execute(select(DAYS.c.seconds).where(*of_day)).scalar() or 0)


def add_separated(session: Session, user_id: str, day: date, seconds: float) -> None:
    """Add to a user's seconds on a day, and forget earlier days.

    Call it while holding the user's jobs (``hold_jobs``).
    """
    connection = session.connection()
    earlier = (DAYS.c.user_id == user_id, DAYS.c.day < day.isoformat())
    connection.execute(delete(DAYS).where(*earlier))
    of_day = (DAYS.c.user_id == user_id, DAYS.c.day == day.isoformat())
    more = update(DAYS).where(*of_day).values(seconds=DAYS.c.seconds + seconds)
    if connection.execute(more).rowcount == 0:
        new = insert(DAYS).values(user_id=user_id, day=day.isoformat(), seconds=seconds)
        connection.execute(new)
