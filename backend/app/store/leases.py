"""Named locks that all machines share, as rows with an end."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from sqlalchemy import Double, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from ..errors import SegueError, StoreBusy
from .clock import now_s
from .database import Database

log = logging.getLogger(__name__)

LEASE_S = 30.0
# Two renewals may fail before a lease ends.
_RENEWALS = 3
_LOOK_EVERY_S = 0.5


class LeaseRow(SQLModel, table=True):
    """A lock; free after ``until_s`` by the database's clock."""

    __tablename__ = "leases"
    name: str = Field(primary_key=True)
    owner: str
    until_s: float = Field(sa_type=Double)


LEASES = SQLModel.metadata.tables["leases"]


@dataclass(frozen=True, slots=True)
class Leases:
    """Locks for work that need not be done twice, but may be: a lost lease stops nothing."""

    database: Database
    lease_s: float = LEASE_S

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Wait for a lock and hold it; if this process dies, it ends after ``lease_s``.

        A database that is away for less than ``lease_s`` does not fail the work.
        """
        owner, done = secrets.token_hex(8), Event()
        give_up_s = time.monotonic() + self.lease_s
        while not self._takes(name, owner, give_up_s):
            done.wait(_LOOK_EVERY_S)
        renewal = Thread(target=self._renew, args=(name, owner, done), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            done.set()
            renewal.join()
            self._release_or_leave(name, owner)

    def try_to_take(self, name: str, owner: str) -> bool:
        """Take a lock if it is free or has ended; False if another owner has it."""
        until_s = now_s() + self.lease_s
        ended = update(LEASES).where(LEASES.c.name == name, LEASES.c.until_s < now_s())
        if self.database.change(ended.values(owner=owner, until_s=until_s)):
            return True
        try:
            with self.database.write() as session:
                connection = session.connection()
                taken = select(LEASES.c.name).where(LEASES.c.name == name)
                if connection.execute(taken).first() is not None:
                    return False
                new = insert(LEASES).values(name=name, owner=owner, until_s=until_s)
                connection.execute(new)
        except IntegrityError:  # another process was faster
            return False
        return True

    def held(self) -> list[str]:
        """List the names of the locks that someone holds."""
        return self.database.all(select(LEASES.c.name).where(LEASES.c.until_s >= now_s()))

    def release(self, name: str, owner: str) -> None:
        """Free a lock; do nothing if another owner has it."""
        mine = (LEASES.c.name == name, LEASES.c.owner == owner)
        self.database.change(delete(LEASES).where(*mine))

    def _takes(self, name: str, owner: str, give_up_s: float) -> bool:
        try:
            return self.try_to_take(name, owner)
        except StoreBusy:
            if time.monotonic() > give_up_s:
                raise
            return False

    def _release_or_leave(self, name: str, owner: str) -> None:
        try:
            self.release(name, owner)
        except SegueError as e:
            log.warning("a lease stays until its end: %s", e.code)

    def _renew(self, name: str, owner: str, done: Event) -> None:
        mine = (LEASES.c.name == name, LEASES.c.owner == owner)
        longer = update(LEASES).where(*mine).values(until_s=now_s() + self.lease_s)
        while not done.wait(self.lease_s / _RENEWALS):
            try:
                self.database.change(longer)
            except SegueError as e:
                log.warning("a lease could not be renewed: %s", e.code)
