"""Fixtures of the job tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import find_processes


@pytest.fixture(autouse=True)
def ignore_shared_fork_servers() -> Iterator[None]:
    """Ignore a fork server that earlier API tests in this process have left running."""
    while (server := find_processes.fork_server()) is not None:
        find_processes.SHARED.add(server)
    yield
    find_processes.SHARED.clear()
