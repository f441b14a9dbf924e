"""Build what finds files without rows, and the chores of an object store."""

from __future__ import annotations

from ..services.library.object_sweep import ObjectSweep
from ..services.library.orphans import Orphans
from ..settings import Settings
from ..store.leases import Leases
from ..store.library import LibraryStore
from .stores import Stores


def build_orphans(settings: Settings, stores: Stores) -> Orphans:
    """Build the search for files that no row names."""
    return Orphans(
        settings.storage_root,
        stores.objects,
        LibraryStore(stores.database),
        stores.jobs,
        stores.content_store,
        stores.workspaces,
        stores.jobs.pending_inputs,
        Leases(stores.database).held,
    )


def build_object_sweep(stores: Stores) -> ObjectSweep | None:
    """Build the sweep of the object store; None without one."""
    if stores.objects is None:
        return None
    return ObjectSweep(
        stores.objects,
        LibraryStore(stores.database),
        stores.jobs,
        stores.content_store,
        stores.workspaces,
        stores.jobs.pending_inputs,
    )
