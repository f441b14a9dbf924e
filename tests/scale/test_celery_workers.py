"""Celery workers are listed while they live, each with its queue and GPU."""

from __future__ import annotations

import os
from pathlib import Path

from tests.journey.server import Visitor, serving, visiting
from tests.patience import wait_until

from .services import worker


def listed(visitor: Visitor) -> dict[str, str | None]:
    """The GPU of each queue's process."""
    workers = visitor.ask("GET", "/admin/workers").json()["workers"]
    return {" ".join(one["queues"]): (one["gpu"] or {}).get("name") for one in workers}


def test_each_queues_process_is_listed_until_it_stops(
    settings: dict[str, str], tmp_path: Path
) -> None:
    driver = tmp_path / "bin" / "nvidia-smi"
    driver.parent.mkdir()
    driver.write_text("#!/bin/sh\necho 'Tesla T4, 100, 15360'\n")
    driver.chmod(0o755)
    with_gpu = {**settings, "PATH": f"{driver.parent}:{os.environ['PATH']}"}
    storage = tmp_path / "many"
    with serving(storage, **settings) as server, visiting(server) as visitor:
        assert listed(visitor) == {}
        with worker(storage, with_gpu, ["cpu", "gpu"]):
            both = {"cpu": "Tesla T4", "gpu": "Tesla T4"}
            wait_until(lambda: listed(visitor) == both, every_s=0.5)
        assert listed(visitor) == {}
