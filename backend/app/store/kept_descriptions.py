"""Rows of what users keep for their mixes' descriptions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Field, SQLModel, Text

from ..contract.descriptions import KeptDescription
from ..contract.stored_json import read_lenient
from .database import Database, hold_lock


class KeptDescriptionRow(SQLModel, table=True):
    """What one user keeps, as JSON."""

    __tablename__ = "kept_descriptions"
    user_id: str = Field(primary_key=True, foreign_key="users.id")
    kept: str = Field(sa_type=Text)


@dataclass(frozen=True, slots=True)
class KeptDescriptionStore:
    """What each user keeps. Thread-safe."""

    database: Database

    def of(self, user_id: str) -> KeptDescription:
        """Return what the user keeps; nothing by default."""
        with self.database.read() as session:
            row = session.get(KeptDescriptionRow, user_id)
            return read_lenient(KeptDescription(), row.kept) if row else KeptDescription()

    def put(self, user_id: str, kept: KeptDescription) -> None:
        """Replace what the user keeps."""
        text = kept.model_dump_json()
        with self.database.write() as session:
            hold_lock(session, f"kept description of {user_id}")
            session.merge(KeptDescriptionRow(user_id=user_id, kept=text))
