"""Read what a user's library contains, under a lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, SQLModel


@dataclass(frozen=True, slots=True)
class Holdings:
    """The files that a user has: hashes of tracks and sounds, file names of pictures."""

    contents: frozenset[str]
    pictures: frozenset[str]


Place = Callable[[Holdings], None]
"""Moves an upload's files into the store, or raises because of what the user already has."""


def locked_holdings(session: Session, user_id: str) -> Holdings:
    """Read what the user has, while no other transaction can add to it.

    ``session`` is a write transaction. SQLite has one at a time; other databases lock the user's
    row.
    """
    users = SQLModel.metadata.tables["users"]
    session.connection().execute(select(users.c.id).where(users.c.id == user_id).with_for_update())
    return holdings_of(session, user_id)


def holdings_of(session: Session, user_id: str) -> Holdings:
    """Read what the user has; without a lock, it may change at any time."""
    tables = SQLModel.metadata.tables

    def column(table: str, name: str) -> set[str]:
        of_user = select(tables[table].c[name]).where(tables[table].c.user_id == user_id)
        return set(session.connection().execute(of_user).scalars())

    contents = column("tracks", "content") | column("sounds", "content")
    return Holdings(frozenset(contents), frozenset(column("images", "file_name")))
