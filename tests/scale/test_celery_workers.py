"""Celery workers are listed while they live, each with its queue and GPU."""

from __future__ import annotations

from pathlib import Path

from tests.journey.server import Visitor
from tests.patience import wait_until

from .conftest import House
from .setups import pretended_gpu


def listed(visitor: Visitor) -> dict[str, str | None]:
    """The GPU of each queue's process."""
    workers = visitor.ask("GET", "/admin/workers").json()["workers"]
    return {" ".join(one["queues"]): (one["gpu"] or {}).get("name") for one in workers}


def test_each_queues_process_is_listed_until_it_stops(house: House, tmp_path: Path) -> None:
    before = listed(house.visitor)
    with house.worker(["interactive", "gpu"], **pretended_gpu(tmp_path)):
        both = {**before, "interactive": "Tesla T4", "gpu": "Tesla T4"}
        wait_until(lambda: listed(house.visitor) == both, every_s=0.5)
    assert listed(house.visitor) == before
