"""Settings of a server on PostgreSQL and Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from composer.files import write_crate
from tests import redis_server
from tests.postgresql import delete_all_rows


@pytest.fixture
def settings(postgresql_url: str, redis: redis_server.Server) -> Iterator[dict[str, str]]:
    """The three settings that turn it on."""
    yield {"EXECUTOR": "celery", "REDIS_URL": redis.url, "DATABASE_URL": postgresql_url}
    delete_all_rows(postgresql_url)
    redis.client().flushall()


@pytest.fixture(scope="session")
def crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three short songs."""
    folder = tmp_path_factory.mktemp("crate")
    write_crate(folder, n_songs=3, seed=3, duration_s=14.0, formats=("wav",))
    return sorted(folder.glob("*.wav"))
