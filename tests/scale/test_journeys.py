"""The same journeys on one machine and on many end in the same files."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.app.store.files.objects.s3 import S3Objects
from tests import s3_server
from tests.store.files.objects.stores import s3_objects

from .journeys import JOURNEYS, Material, on_youtube, results
from .setups import Setup


@pytest.mark.parametrize("name", list(JOURNEYS))
def test_many_machines_make_the_same_files_as_one(
    name: str, one: Setup, many: Setup, material: Material, tmp_path: Path
) -> None:
    def run(setup: Setup) -> dict[str, object]:
        job = JOURNEYS[name](setup.visitor, material)
        folder = tmp_path / setup.servers[0].storage.parent.name
        return results(setup.visitor, job, folder) | on_youtube(setup.channel, job)

    with ThreadPoolExecutor(2) as both:
        on_one, on_many = both.map(run, (one, many))
    assert len(on_one) >= 4
    assert on_many == on_one


def test_two_workers_shared_the_long_mixtape(many: Setup) -> None:
    job = job_id(many, "Long")
    logs = [(machine.parent / "worker.log") for machine in many.machines]
    helping = re.compile(rf"job={job} helping with step mixing")
    assert any(helping.search(log.read_text()) for log in logs if log.exists())


def test_stems_of_a_network_were_separated_in_the_queue_gpu(many: Setup) -> None:
    stems = job_id(many, "Stems of Ay")
    log = (many.machines[-1].parent / "worker.log").read_text()
    assert f"job={stems} step separating_stems took" in log


def test_every_file_of_all_machines_is_in_the_object_store(
    many: Setup, s3: s3_server.Server
) -> None:
    stored = names(s3_objects(s3, prefix="many"))
    for machine in many.machines:
        kinds = [machine / kind for kind in ("content", "derived", "images", "jobs")]
        files = [file for kind in kinds for file in kind.rglob("*") if file.is_file()]
        kept = [file for file in files if ".scratch" not in file.parts]
        assert {file.relative_to(machine).as_posix() for file in kept} <= stored


def job_id(setup: Setup, title: str) -> str:
    jobs = setup.visitor.ask("GET", "/jobs").json()["jobs"]
    [found] = [job["id"] for job in jobs if job["title"] == title and job["kind"] != "publish"]
    return str(found)


def names(objects: S3Objects) -> set[str]:
    return {info.key for info in objects.keys("")}
