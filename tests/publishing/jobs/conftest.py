"""A new publishing server for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..publishing_house import PublishingHouse


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PublishingHouse]:
    with PublishingHouse(tmp_path) as house:
        yield house
