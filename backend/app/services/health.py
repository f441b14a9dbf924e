"""Whether this server can work: its database, its disk, its ffmpeg."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from ..errors import StorageFull, StoreBusy, ToolFailed
from ..media.ffmpeg import run_ffmpeg
from ..store.database import Database
from ..store.room import MIN_FREE_BYTES

# CVE-2026-107697 (child playlists of HLS read any file) is fixed from here on. The gate never
# lets ffmpeg choose that demuxer, so an older one is worth a warning and not a refusal.
FIXED_FFMPEG = (8, 1, 3)
_VERSION_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found, at one moment."""

    database: bool
    free_bytes: int
    ffmpeg_version: str | None
    warnings: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether work can be taken on."""
        return self.database and self.free_bytes >= MIN_FREE_BYTES and bool(self.ffmpeg_version)


class Health:
    """Looks at what the work depends on."""

    def __init__(self, database: Database, storage_root: Path, ffmpeg: Path) -> None:
        self._database = database
        self._storage_root = storage_root
        self._ffmpeg_version = ffmpeg_version(ffmpeg)

    def readiness(self) -> Readiness:
        """Look now; ffmpeg was looked at when the server started."""
        free_bytes = shutil.disk_usage(self._storage_root).free
        version = self._ffmpeg_version
        return Readiness(self._database_answers(), free_bytes, version, _warnings(version))

    def _database_answers(self) -> bool:
        try:
            with self._database.read() as session:
                session.connection().execute(text("SELECT 1"))
        except (StoreBusy, StorageFull):
            return False
        return True


def ffmpeg_version(ffmpeg: Path) -> str | None:
    """What the program says of its version; None if it does not run."""
    try:
        said = run_ffmpeg(ffmpeg, ["-version"], timeout_s=_VERSION_TIMEOUT_S)
    except (ToolFailed, OSError):
        return None
    found = re.match(rb"ffmpeg version (\S+)", said)
    return found.group(1).decode("ascii", "replace") if found else None


def _warnings(version: str | None) -> tuple[str, ...]:
    if version is None:
        return ("ffmpeg does not run.",)
    numbers = re.match(r"n?(\d+)\.(\d+)(?:\.(\d+))?", version)
    if numbers and tuple(int(n or 0) for n in numbers.groups()) < FIXED_FFMPEG:
        return (f"ffmpeg {version} is older than {'.'.join(map(str, FIXED_FFMPEG))}.",)
    return ()
