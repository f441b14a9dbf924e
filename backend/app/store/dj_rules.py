"""Rows of the DJ's rules: every version there was."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, Text, col, select

from ..contract.dj import DjRules, DjRulesView
from ..errors import Conflict
from .database import Database, UtcDateTime


class DjRulesRow(SQLModel, table=True):
    """The rules as ``user_id`` put them; the highest version is in force.

    The account may go, and the rules stay: no foreign key.
    """

    __tablename__ = "dj_rules"
    version: int = Field(primary_key=True)
    rules: str = Field(sa_type=Text)
    user_id: str
    updated_at: datetime = Field(sa_type=UtcDateTime)


class DjRulesStore:
    """The rules in force, and how they came to be. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self) -> DjRulesView:
        """The rules in force; version 0 are those that nobody has changed yet."""
        with self._database.read() as session:
            return _view(_newest(session))

    def change(
        self, rules: DjRules, *, user_id: str, now: datetime, expected: int | None
    ) -> DjRulesView:
        """Put new rules in force.

        Raises
        ------
        Conflict
            If ``expected`` is given and is not the version in force.
        """
        with self._database.write() as session:
            newest = _newest(session)
            version = newest.version if newest else 0
            if expected is not None and expected != version:
                raise Conflict(
                    f"The rules have been changed meanwhile: version {version} is in force.",
                    hint="Load them again, and make your change to those.",
                )
            row = DjRulesRow(
                version=version + 1,
                rules=rules.model_dump_json(),
                user_id=user_id,
                updated_at=now,
            )
            session.add(row)
        return _view(row)


def _newest(session: Session) -> DjRulesRow | None:
    return session.exec(select(DjRulesRow).order_by(col(DjRulesRow.version).desc())).first()


def _view(row: DjRulesRow | None) -> DjRulesView:
    if row is None:
        return DjRulesView(version=0, rules=DjRules())
    rules = DjRules.model_validate_json(row.rules)
    return DjRulesView(version=row.version, rules=rules, updated_at=row.updated_at)
