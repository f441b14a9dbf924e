"""A mashup without weights fails with a message; the draft separator never steps in."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from backend.app.jobs.messages import Failed, Message, Order, Planned
from backend.app.jobs.runner import run_order
from backend.app.settings import Settings
from backend.app.wiring.jobs.pipelines import build_mashup_pipeline
from tests.sounds import noise

from ..stems_harness import StemsHarness


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub address that refuses connections: a port that was just released."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")


@pytest.mark.usefixtures("no_hub")
def test_mashup_without_weights_and_network_fails_without_files(tmp_path: Path) -> None:
    harness = StemsHarness(tmp_path / "storage", None)
    inputs = {
        "request": {"kind": "mashup", "tracks_upload_id": "c", "vibe": "dark"},
        "title": "S",
        "model": "htdemucs",
        "tracks": [harness.put(noise(1.5, seed=1)).model_dump()],
    }
    said: list[Message] = []
    order = Order("j", "", json.dumps(inputs), 1.5, str(tmp_path / "job"), 1, [])
    settings = Settings(_env_file=None, storage_root=harness.root)
    run_order(order, build_mashup_pipeline(settings), said.append)
    [planned] = [one for one in said if isinstance(one, Planned)]
    assert planned.steps[0].name == "fetching_weights"
    assert isinstance(said[-1], Failed), said[-1]
    failure = said[-1].failure
    assert failure.code == "weights_unreachable"
    assert "draft" in failure.hint.lower()
    assert not list((tmp_path / "storage").rglob("stem-*"))
