"""Open a job's folder in its child process."""

from __future__ import annotations

from pathlib import Path

from ...jobs.messages import Order
from ...jobs.workspace import Workspace
from ...settings import Settings
from ...store.files.objects.evict import Eviction
from ...store.files.workspaces import Workspaces
from ..objects import open_objects


def evict_copies(settings: Settings) -> None:
    """Delete this machine's oldest copies of objects, above ``BLOB_CACHE_SIZE``."""
    objects = open_objects(settings)
    if objects is not None:
        Eviction(objects, settings.blob_cache_size).run()


def workspace_of(settings: Settings, order: Order) -> Workspace:
    """The job's folder; with an object store, keep the copies that the child uses until its end."""
    folder = Path(order.workspace)
    objects = open_objects(settings)
    if objects is not None:
        objects.pins.hold()
        objects.pins.add(objects.key(folder))
    return Workspaces(folder.parent, objects).of(folder.name, order.attempt)
