"""Store a film's picture groups, so that films based on it can reuse them."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from ..store.files.atomic_write import atomic_write

_log = logging.getLogger(__name__)

_GROUP = re.compile(r"[0-9a-f]{64}\.mp4")


def save_groups(groups: Iterable[Path], out: Path) -> None:
    """Write the groups into one archive; the same groups give the same bytes."""
    with ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(set(groups)):
            # ZipInfo without the time of writing
            archive.writestr(ZipInfo(path.name), path.read_bytes())


def restore_groups(archive: Path, scratch: Path) -> None:
    """Copy the groups of an archive to the folder in which a film looks for them.

    The archive lies in another job's folder, which may be deleted at any moment: groups that cannot
    be read are encoded again.
    """
    try:
        with ZipFile(archive) as groups:
            for name in filter(_GROUP.fullmatch, groups.namelist()):
                with atomic_write(scratch / name) as part:
                    part.write_bytes(groups.read(name))
    except (OSError, BadZipFile) as error:
        _log.info("the base's picture groups can't be reused: %s", type(error).__name__)
