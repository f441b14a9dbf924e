"""Delete at once what the regular sweeps would delete."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...contract.operations import CleanupView


@dataclass(frozen=True, slots=True)
class Cleanup:
    """Runs the sweeps of expired rows, and of files that no row names."""

    storage_root: Path
    sweeps: tuple[Callable[[], None], ...]

    def run(self) -> CleanupView:
        """Run all sweeps; report the free space before and after."""
        before = shutil.disk_usage(self.storage_root).free
        for sweep in self.sweeps:
            sweep()
        after = shutil.disk_usage(self.storage_root).free
        return CleanupView(free_bytes_before=before, free_bytes_after=after)
