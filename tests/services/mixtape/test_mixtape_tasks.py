"""A mixtape whose steps split has the same bytes as one whose steps don't."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest, VideoOptions
from backend.app.jobs.messages import (
    Done,
    Message,
    Order,
    StepFinished,
    TaskFinished,
    TasksPlanned,
)
from backend.app.jobs.runner import run_order
from backend.app.jobs.tasks import run_tasks
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from tests.jobs.tasks.scripted import Supervisor

from .house_songs import put_house_songs

BLEND = {"outgoing": "a", "incoming": "b", "kind": "blend", "bars": 8}
SPLIT = {"analysing", "mixing", "checking", "filming"}  # a single segment is stretched


class Studio:
    """Two songs in a store of its own, and the jobs run on them."""

    def __init__(self, folder: Path, *, render_workers: int) -> None:
        self.folder = folder
        self.settings = Settings(
            _env_file=None, storage_root=folder / "storage", render_workers=render_workers
        )
        store = ContentStore(self.settings.storage_root)
        self.tracks = put_house_songs(store, folder, bars=32, tempos_bpm=(122.0, 124.5))

    def order(self, name: str = "mix", step: str = "") -> Order:
        request = MixtapeRequest(
            tracks_upload_id="crate",
            transitions="dj",
            check_joins="off",
            overrides=[BLEND],
            formats=["mp3"],
            video=VideoOptions(height=720),  # its sound is an M4A
        )
        inputs = MixtapeInputs(request=request, title="Mix", tracks=self.tracks)
        folder = str(self.folder / name)
        text = inputs.model_dump_json()
        return Order(name, "", text, 240.0, folder, 1, [], shares=True, step=step)

    def run(self) -> list[Message]:
        messages: list[Message] = []
        run_order(self.order(), build_mixtape_pipeline(self.settings), messages.append)
        assert isinstance(messages[-1], Done), messages[-1]
        return messages

    def run_in_tasks(self) -> Supervisor:
        supervisor = Supervisor()
        pipeline = build_mixtape_pipeline(self.settings)
        run_order(self.order(), pipeline, supervisor.take, supervisor.exchange)
        supervisor.close()
        assert isinstance(supervisor.sent[-1], Done), supervisor.sent[-1]
        return supervisor


def digests(messages: list[Message]) -> dict[str, str]:
    return {
        file.name: file.sha256
        for message in messages
        if isinstance(message, StepFinished)
        for file in message.files
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return digests(Studio(tmp_path_factory.mktemp("whole"), render_workers=2).run())


def test_files_are_the_same_byte_for_byte(
    expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_tasks, "LEAST_COST_S", 0.0)
    supervisor = Studio(tmp_path, render_workers=1).run_in_tasks()
    assert {planned.step for planned in supervisor.of(TasksPlanned)} == SPLIT
    finished = supervisor.of(TaskFinished)
    planned = [task.key for one in supervisor.of(TasksPlanned) for task in one.tasks]
    assert sorted(one.key for one in finished) == sorted(planned)
    assert {one.key[:3] for one in finished if one.step == "mixing"} == {"mp3", "m4a"}
    assert all(len(one.files) == (one.step != "analysing") for one in finished)
    assert digests(supervisor.sent) == expected
