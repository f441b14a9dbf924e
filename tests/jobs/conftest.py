"""Fixtures of the job tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import find_processes


@pytest.fixture(autouse=True)
def ignore_shared_fork_servers() -> Iterator[None]:
    """Tests of the API that ran before in this process may have left their shared fork server."""
    while (server := find_processes.fork_server()) is not None:
        find_processes.SHARED.add(server)
    yield
    find_processes.SHARED.clear()
