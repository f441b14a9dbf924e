"""Open the database and the folders that the settings name."""

from __future__ import annotations

from dataclasses import dataclass

from ..settings import Settings
from ..store.database import Database, open_database
from ..store.files.blobs import ContentStore
from ..store.files.objects.cache import ObjectCache
from ..store.files.workspaces import Workspaces
from ..store.jobs.job_store import JobStore
from .objects import content_store, open_objects, open_workspaces

DATABASE_FILE = "segue.db"
"""Name of the database's file in the storage folder, unless ``DATABASE_URL`` names another
database."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Stores of the API and its children; ``workspaces`` holds jobs' folders."""

    database: Database
    jobs: JobStore
    content_store: ContentStore
    workspaces: Workspaces

    @property
    def objects(self) -> ObjectCache | None:
        """The object store, if there is one."""
        return self.workspaces.objects


def open_stores(settings: Settings, *, migrate: bool = True) -> Stores:
    """Open the database and the folders; ``migrate`` unless another process does."""
    database = open_database(
        database_url(settings), migrate=migrate, connections=settings.database_connections
    )
    objects = open_objects(settings)
    store = content_store(settings, objects, database)
    return Stores(database, JobStore(database), store, open_workspaces(settings, objects))


def database_url(settings: Settings) -> str:
    """The database's URL; by default that of a SQLite file in the storage folder."""
    return settings.database_url or f"sqlite:///{settings.storage_root.resolve()}/{DATABASE_FILE}"
