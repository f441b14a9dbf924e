"""What takes longest goes first, so that no core waits at the end for one that drives a browser."""

from __future__ import annotations

import pytest

#: Few tests a file, and most of a minute each.
LONGEST = ("ui", "notebooks", "journey")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)  # sorting keeps the order within a folder


def _rank(item: pytest.Item) -> int:
    folder = item.path.parent.name
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)
