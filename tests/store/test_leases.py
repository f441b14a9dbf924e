"""Locks that all machines share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from backend.app.errors import StoreDown
from backend.app.store.database import Database, open_database
from backend.app.store.leases import LEASES, Leases
from tests.jobs.rows import Rows
from tests.patience import PATIENCE_S, wait_until
from tests.postgresql import delete_all_rows


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, rows: Rows) -> Iterator[Database]:
    if request.param == "sqlite":
        yield rows.database
        return
    url = request.getfixturevalue("postgresql_url")
    database = open_database(url)
    yield database
    database.close()
    delete_all_rows(url)


def test_one_owner_at_a_time(database: Database) -> None:
    leases = Leases(database)
    assert leases.try_to_take("work", "a")
    assert not leases.try_to_take("work", "b")
    assert leases.try_to_take("other work", "b")
    leases.release("work", "b")
    assert not leases.try_to_take("work", "b")
    leases.release("work", "a")
    assert leases.try_to_take("work", "b")


def test_lease_of_a_dead_owner_ends(database: Database) -> None:
    leases = Leases(database)
    assert leases.try_to_take("work", "dead")
    database.change(update(LEASES).values(until_s=0.0))
    assert leases.try_to_take("work", "b")
    assert not leases.try_to_take("work", "c")


def test_only_one_of_many_threads_takes_a_lease(database: Database) -> None:
    leases, taken = Leases(database), list[str]()
    start = threading.Barrier(4)

    def take(owner: str) -> None:
        start.wait()
        if leases.try_to_take("work", owner):
            taken.append(owner)

    threads = [threading.Thread(target=take, args=(owner,)) for owner in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_held_lease_is_renewed(database: Database) -> None:
    leases = Leases(database, lease_s=3.0)
    with leases.hold("work"):
        first = database.all(select(LEASES.c.until_s))
        wait_until(lambda: database.all(select(LEASES.c.until_s)) > first)
    assert database.all(select(LEASES.c.until_s)) == []


def test_waiting_thread_gets_the_lease_after_the_holder(database: Database) -> None:
    leases, order = Leases(database), list[str]()

    def second() -> None:
        with leases.hold("work"):
            order.append("second")

    thread = threading.Thread(target=second)
    with leases.hold("work"):
        thread.start()
        order.append("first")
    thread.join(PATIENCE_S)
    assert order == ["first", "second"]


@dataclass(frozen=True)
class RestartingDatabase(Leases):
    """Leases in a database that is away for the next ``n_failures`` calls."""

    n_failures: list[int] = field(default_factory=lambda: [0])

    def try_to_take(self, name: str, owner: str) -> bool:
        self._fail()
        return Leases.try_to_take(self, name, owner)

    def release(self, name: str, owner: str) -> None:
        self._fail()
        Leases.release(self, name, owner)

    def _fail(self) -> None:
        if self.n_failures[0]:
            self.n_failures[0] -= 1
            raise StoreDown("The database can't be reached.")


def test_work_survives_a_restart_of_the_database(database: Database) -> None:
    leases = RestartingDatabase(database, n_failures=[1])
    with leases.hold("work"):
        assert leases.held() == ["work"]
        leases.n_failures[0] = 1
    assert leases.held() == ["work"]  # until its end


def test_database_that_stays_away_is_reported(database: Database) -> None:
    leases = RestartingDatabase(database, lease_s=0.0, n_failures=[1000])
    with pytest.raises(StoreDown), leases.hold("work"):
        pytest.fail("held without a database")
