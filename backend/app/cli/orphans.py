"""``orphans``: find stored files that no row names, for a server's operator."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..services.library.orphans import Orphan, OrphanKind
from ..wiring.orphans import build_orphans
from ..wiring.settings.checks import check_server_settings
from ..wiring.settings.read_settings import read_settings
from ..wiring.stores import open_stores
from .options import Commands

_NAMES: dict[OrphanKind, str] = {
    "content": "tracks and sounds",
    "picture": "pictures",
    "job": "folders of jobs",
    "arriving": "interrupted uploads",
}


def register(commands: Commands) -> None:
    """Add the command and its options."""
    orphans = commands.add_parser(
        "orphans",
        help="list stored files that no row names, and delete them",
        description="List files, in the storage folder and the object store, that no row of the"
        " database names. Files younger than a day, and those of waiting or running jobs, are left"
        " out. The server may keep running.",
    )
    orphans.add_argument("--delete", action="store_true", help="delete them; otherwise only list")
    orphans.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List orphans with their sizes; delete them if asked."""
    settings = read_settings()
    check_server_settings(settings)
    stores = open_stores(settings)
    try:
        orphans = build_orphans(settings, stores)
        found = orphans.find()
        for one in found:
            print(f"{one.kind:8}  {one.name}  {_files(one.n_files)}, {one.n_bytes:,} bytes")
        if not found:
            print("Every file belongs to a row, a job or a new upload.")
        elif options.delete:
            _print_sums("Deleted", [one for one in found if orphans.delete(one)])
        else:
            _print_sums("Found", found)
            print("Nothing was deleted. Add --delete to delete them.")
    finally:
        stores.database.close()
    return 0


def _print_sums(done: str, orphans: Sequence[Orphan]) -> None:
    for kind, name in _NAMES.items():
        some = [one for one in orphans if one.kind == kind]
        if some:
            print(f"{done} {len(some)} {name}: {_sums(some)}")
    print(f"{done} {len(orphans)} in all: {_sums(orphans)}")


def _sums(orphans: Sequence[Orphan]) -> str:
    n_bytes = sum(one.n_bytes for one in orphans)
    return f"{_files(sum(one.n_files for one in orphans))}, {n_bytes:,} bytes."


def _files(n_files: int) -> str:
    return "1 file" if n_files == 1 else f"{n_files:,} files"
