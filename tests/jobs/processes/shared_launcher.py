"""One launcher for the executors of many tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from backend.app.jobs.messages import Order
from backend.app.jobs.processes.child import Child
from backend.app.jobs.processes.launcher import Launcher

from ..pipelines import CHAIN, Wool


class SharedLauncher:
    """Lends a launcher to executors; closing it keeps the fork server running."""

    def __init__(self, launcher: Launcher, folder: Path) -> None:
        self._launcher = launcher
        # A fork server dies with the thread that started it, so no executor's thread may start it.
        first = Order("first", CHAIN, Wool().to_json(), 1.0, str(folder / "first"), 1, [])
        launcher.launch(first, {}).end()

    def launch(self, order: Order, environment: Mapping[str, str]) -> Child:
        return self._launcher.launch(order, environment)

    def close(self) -> None:
        """Do nothing, since other executors use the launcher."""
