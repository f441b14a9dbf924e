"""A Google on this machine, and a server that two people use."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .connected import House, house_in
from .google_stand_in import Google

# The longest of them takes some twenty seconds on a machine of its own; beyond this one it hangs.
DEADLINE_S = 240.0


@pytest.fixture(autouse=True)
def deadline() -> Iterator[None]:
    """No test waits for ever: nothing that is said to YouTube may hang."""

    def ring(*_: object) -> None:
        raise AssertionError(f"this test hangs: it has taken {DEADLINE_S:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, DEADLINE_S)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as google:
        yield google


@pytest.fixture
def house(tmp_path: Path, google: Google) -> Iterator[House]:
    house = house_in(tmp_path, google)
    yield house
    house.database.close()
