"""Executors of other processes are woken when a job may be claimed."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from backend.app.store.database import open_database
from backend.app.store.jobs.notifications import listen
from tests.jobs.rows import Rows
from tests.patience import wait_until

only_postgresql = pytest.mark.parametrize("rows", ["postgresql"], indirect=True)


class Listener:
    """Another process's executor: counts how often it is woken."""

    def __init__(self, url: str) -> None:
        self.woken = 0
        self._stopping = Event()
        self._database = open_database(url, migrate=False)
        self._thread = Thread(target=listen, args=(self._database, self._wake, self._stopping))
        self._thread.start()
        wait_until(lambda: self.woken == 1)  # after connecting

    def _wake(self) -> None:
        self.woken += 1

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._database.close()


@pytest.fixture
def listener(rows: Rows) -> Iterator[Listener]:
    listener = Listener(rows.url)
    yield listener
    listener.stop()


@only_postgresql
def test_new_job_wakes_other_processes(rows: Rows, listener: Listener):
    rows.job()
    wait_until(lambda: listener.woken == 2)


@only_postgresql
def test_end_of_a_job_wakes_those_that_wait_for_it(rows: Rows, listener: Listener):
    rows.job(after=rows.job())
    wait_until(lambda: listener.woken == 3)
    rows.queue.succeeded(rows.claim())
    wait_until(lambda: listener.woken == 4)


@only_postgresql
def test_listener_connects_again_after_its_connection_breaks(
    rows: Rows, listener: Listener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("backend.app.store.jobs.notifications._RECONNECT_S", 0.05)
    with rows.database.write() as session:
        session.connection().exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^LISTEN'"
        )
    wait_until(lambda: listener.woken == 2)
    rows.job()
    wait_until(lambda: listener.woken == 3)


@pytest.mark.parametrize("rows", ["sqlite"], indirect=True)
def test_sqlite_has_no_notifications(rows: Rows):
    listen(rows.database, pytest.fail, Event())  # returns at once
