"""Rows of the DJ rules, in all their versions."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Field, SQLModel, Text, col, select

from ..contract.dj import DjRules, DjRulesView
from ..contract.stored_json import read_lenient
from ..errors import Conflict
from .database import Database, UtcDateTime

log = logging.getLogger(__name__)


class DjRulesRow(SQLModel, table=True):
    """A version of the rules, saved by ``user_id``; the highest version is current.

    It has no foreign key, since the rules outlive the account.
    """

    __tablename__ = "dj_rules"
    version: int = Field(primary_key=True)
    rules: str = Field(sa_type=Text)
    user_id: str
    updated_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class DjRulesStore:
    """The current DJ rules and their history. Thread-safe."""

    database: Database

    def current(self) -> DjRulesView:
        """Return the current rules; version 0 is the default."""
        return _view(self.database.first(_NEWEST_FIRST))

    def weights_before(self) -> dict[str, float] | None:
        """Return the rule weights before their last change; None if they never changed."""
        history = [DjRules(), *map(_rules, reversed(self.database.all(_NEWEST_FIRST)))]
        now = history[-1].rule_weights
        different = (one.rule_weights for one in reversed(history) if one.rule_weights != now)
        return next(different, None)

    def change(self, rules: DjRules, user_id: str, expected: int | None) -> DjRulesView:
        """Save new rules; raise ``Conflict`` if the current version is not ``expected``.

        None saves them whatever the version.
        """
        with self.database.write() as session:
            newest = session.exec(_NEWEST_FIRST).first()
            version = newest.version if newest else 0
            if expected is not None and expected != version:
                raise Conflict(
                    f"The rules have changed meanwhile: version {version} is current.",
                    hint="Reload them and make your change again.",
                )
            row = DjRulesRow(
                version=version + 1,
                rules=rules.model_dump_json(),
                user_id=user_id,
                updated_at=datetime.now(UTC),
            )
            session.add(row)
        log.info("version %d of the DJ rules is saved", row.version)
        return _view(row)


_NEWEST_FIRST = select(DjRulesRow).order_by(col(DjRulesRow.version).desc())


def _view(row: DjRulesRow | None) -> DjRulesView:
    if row is None:
        return DjRulesView(version=0, rules=DjRules())
    return DjRulesView(version=row.version, rules=_rules(row), updated_at=row.updated_at)


def _rules(row: DjRulesRow) -> DjRules:
    return read_lenient(DjRules(), row.rules)
