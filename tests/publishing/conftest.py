"""A Google stand-in, and a server with two users."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .stand_ins.connected import House, house_in
from .stand_ins.google import Google

# The longest test takes some twenty seconds on an idle machine; beyond this it hangs
DEADLINE_S = 600.0


@pytest.fixture(autouse=True)
def deadline() -> Iterator[None]:
    """Fail a test that hangs, since no request to YouTube may block forever."""

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
