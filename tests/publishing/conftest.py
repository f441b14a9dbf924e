"""A Google on this machine, and a server that two people use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .connected import House, house_in
from .google_stand_in import Google


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as google:
        yield google


@pytest.fixture
def house(tmp_path: Path, google: Google) -> Iterator[House]:
    house = house_in(tmp_path, google)
    yield house
    house.database.close()
