"""Services of the tests with many machines, started once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from composer.files import write_crate
from tests import redis_server, s3_server
from tests.journey.server import Visitor, serving, visiting
from tests.services.webhooks.certificate import write_certificate
from tests.stems.tiny_demucs import tiny_repo

from .journeys import Material, material_in
from .serve import RECEIVER
from .services import worker
from .setups import Setup, on_many_machines, on_one_machine


def celery_settings(postgresql_url: str, redis: redis_server.Server, name: str) -> dict[str, str]:
    """The three settings that turn Celery on, with a new database beside that of other tests."""
    engine = sa.create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = postgresql_url.replace("/postgres?", f"/{name}?")
    return {"EXECUTOR": "celery", "REDIS_URL": redis.url, "DATABASE_URL": url}


@pytest.fixture(scope="package")
def own_redis() -> Iterator[redis_server.Server]:
    """The Redis of one API whose workers share its folder."""
    with redis_server.running() as server:
        yield server


@dataclass(frozen=True)
class House:
    """An API without workers, on PostgreSQL and a folder; tests start and kill workers."""

    storage: Path
    settings: dict[str, str]
    visitor: Visitor

    @contextmanager
    def worker(self, queues: Sequence[str] = ("cpu",), **settings: str) -> Iterator[int]:
        """Run a worker that shares the API's folder; yield its process id."""
        with worker(self.storage, {**self.settings, **settings}, queues) as process:
            yield process.pid


@pytest.fixture(scope="package")
def house(
    postgresql_url: str,
    own_redis: redis_server.Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    storage = tmp_path_factory.mktemp("house") / "storage"
    settings = celery_settings(postgresql_url, own_redis, "house")
    with serving(storage, **settings) as server, visiting(server) as visitor:
        yield House(storage, settings, visitor)


@pytest.fixture(scope="package")
def crate(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three short songs."""
    folder = tmp_path_factory.mktemp("crate")
    write_crate(folder, n_songs=3, seed=3, duration_s=14.0, formats=("wav",))
    return sorted(folder.glob("*.wav"))


@pytest.fixture(scope="package")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return material_in(tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="package")
def webhook_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that the API trusts as that of a user's server, and its key."""
    return write_certificate(tmp_path_factory.mktemp("certificate"), RECEIVER)


@pytest.fixture(scope="package")
def settings_of_both(
    webhook_certificate: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """A network to separate stems with, and the certificate."""
    return {
        "DEMUCS_REPO": str(tiny_repo(tmp_path_factory.mktemp("models"))),
        "DEMUCS_MODEL": "tiny",
        "WEBHOOK_CERTIFICATE": str(webhook_certificate[0]),
    }


@pytest.fixture(scope="package")
def one(
    settings_of_both: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Setup]:
    """Threads, SQLite and files."""
    with on_one_machine(tmp_path_factory.mktemp("one"), settings_of_both) as setup:
        yield setup


@pytest.fixture(scope="package")
def many(
    settings_of_both: dict[str, str],
    postgresql_url: str,
    s3: s3_server.Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Setup]:
    """Celery, PostgreSQL and S3: two API processes, three workers."""
    with redis_server.running() as redis:
        settings = {
            **settings_of_both,
            **s3.settings("many"),
            **celery_settings(postgresql_url, redis, "many"),
        }
        with on_many_machines(tmp_path_factory.mktemp("many"), settings) as setup:
            yield setup
