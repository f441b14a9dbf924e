"""Preflight lists the chapters that YouTube would show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.app.contract.jobs import PublishRequest

from ..publishing_house import PublishingHouse


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishingHouse]:
    with PublishingHouse(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module")
def mix(house: PublishingHouse) -> str:
    return house.mix(duration_s=180.0)


def test_chapters_of_the_description_are_listed(house: PublishingHouse, mix: str):
    view = house.preflight.check("ann", PublishRequest(job_id=mix))
    chapters = [(chapter.start_s, chapter.title) for chapter in view.chapters]
    assert chapters == [(0, "One"), (60, "Two"), (120, "Three")]


@pytest.mark.parametrize(
    "description",
    ["0:00 A\n1:00 B\n2:51 C", "0:00 A\n1:00\nB\n2:00 C", "0:00 A\n2:00 B\n1:00 C", "Hello."],
    ids=["the last is too short", "a title on the next line", "backwards", "none"],
)
def test_invalid_chapters_are_not_listed(house: PublishingHouse, mix: str, description: str):
    view = house.preflight.check("ann", PublishRequest(job_id=mix, description=description))
    assert [fault.code for fault in view.faults if fault.field == "description"] == ["no_chapters"]
    assert view.chapters == []


def test_chapters_of_a_running_mix_are_unknown(house: PublishingHouse):
    mix = house.mix(is_done=False)
    request = PublishRequest(job_id=mix, description="0:00 A\n1:00 B\n2:00 C")
    assert house.preflight.check("ann", request).chapters == []
