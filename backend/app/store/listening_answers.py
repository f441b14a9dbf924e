"""Rows of listeners' answers in blind trials."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, distinct, tuple_
from sqlmodel import Field, Session, SQLModel, Text, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from ..contract.listening import AnsweredTrial
from ..contract.stored_json import OtherVersion, read_stored
from ..errors import Conflict, NotFound
from .database import Database, UtcDateTime, hold_lock

log = logging.getLogger(__name__)


class ListeningAnswerRow(SQLModel, table=True):
    """An answered trial as JSON. It outlives the trial's job and the mixtape."""

    __tablename__ = "listening_answers"
    __table_args__ = (Index("ix_listening_answers_user", "user_id", "answered_at", "trial_id"),)
    trial_id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id")
    answered_at: datetime = Field(sa_type=UtcDateTime)
    answered: str = Field(sa_type=Text)


_NEWEST_FIRST = (
    col(ListeningAnswerRow.answered_at).desc(),
    col(ListeningAnswerRow.trial_id).desc(),
)


@dataclass(frozen=True, slots=True)
class ListeningAnswerStore:
    """The answers of all users. Thread-safe."""

    database: Database

    def add(self, user_id: str, answered: AnsweredTrial) -> None:
        """Save an answer; raise ``Conflict`` if the trial has one."""
        with self.database.write() as session:
            hold_lock(session, f"listening trial {answered.id}")
            if session.get(ListeningAnswerRow, answered.id) is not None:
                raise Conflict(
                    "This trial is answered already.", hint="Start another one of the same join."
                )
            row = ListeningAnswerRow(
                trial_id=answered.id,
                user_id=user_id,
                answered_at=answered.answered_at,
                answered=answered.model_dump_json(),
            )
            session.add(row)

    def find(self, user_id: str, trial_id: str) -> AnsweredTrial | None:
        """Return the answer to one of the user's trials; None if there is none."""
        with self.database.read() as session:
            row = session.get(ListeningAnswerRow, trial_id)
        is_own = row is not None and row.user_id == user_id
        return next(_readable([row]), None) if row is not None and is_own else None

    def page(self, user_id: str, before: str | None, limit: int) -> list[AnsweredTrial]:
        """List up to ``limit`` of the user's answers, newest first.

        Raise ``NotFound`` if ``before`` is none. Fewer than ``limit`` are all that are left.
        """
        found: list[AnsweredTrial] = []
        with self.database.read() as session:
            last = _own(session, user_id, before) if before is not None else None
            while len(found) < limit:
                rows = session.exec(_older(user_id, last).limit(limit)).all()
                found += _readable(rows)
                if len(rows) < limit:
                    break
                last = rows[-1]
        return found[:limit]

    def of_user(self, user_id: str) -> list[AnsweredTrial]:
        """List all answers of the user, newest first."""
        query = select(ListeningAnswerRow).where(ListeningAnswerRow.user_id == user_id)
        return list(_readable(self.database.all(query.order_by(*_NEWEST_FIRST))))

    def of_all(self) -> list[AnsweredTrial]:
        """List the answers of all users, newest first."""
        query = select(ListeningAnswerRow).order_by(*_NEWEST_FIRST)
        return list(_readable(self.database.all(query)))

    def n_listeners(self) -> int:
        """Count the users who gave answers."""
        query = select(func.count(distinct(col(ListeningAnswerRow.user_id))))
        return self.database.first(query) or 0


def _own(session: Session, user_id: str, trial_id: str) -> ListeningAnswerRow:
    row = session.get(ListeningAnswerRow, trial_id)
    if row is None or row.user_id != user_id:
        raise NotFound("There is no such answer to list from.", hint="List from the newest one.")
    return row


def _older(user_id: str, last: ListeningAnswerRow | None) -> SelectOfScalar[ListeningAnswerRow]:
    """Select the user's answers before ``last``, newest first; all without one."""
    query = select(ListeningAnswerRow).where(ListeningAnswerRow.user_id == user_id)
    if last is not None:
        place = tuple_(col(ListeningAnswerRow.answered_at), col(ListeningAnswerRow.trial_id))
        query = query.where(place < (last.answered_at, last.trial_id))
    return query.order_by(*_NEWEST_FIRST)


def _readable(rows: Iterable[ListeningAnswerRow]) -> Iterator[AnsweredTrial]:
    """Parse the answers; leave out those that another version stored in another form."""
    for row in rows:
        try:
            yield read_stored(AnsweredTrial, row.answered)
        except OtherVersion:
            log.warning("the answer to trial %s is of another version", row.trial_id)
