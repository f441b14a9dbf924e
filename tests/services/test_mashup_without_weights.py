"""A mashup whose separator cannot be had ends in words; the draft never stands in for it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from backend.app.jobs.messages import Failed, Message, Order, Planned
from backend.app.jobs.runner import run_order
from backend.app.services.mashup import mashup_pipeline
from backend.app.settings import Settings
from tests.sounds import noise

from .stem_house import StemHouse


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network on which nobody answers: a port that has just been given back."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")


@pytest.mark.usefixtures("nobody")
def test_without_weights_and_network_it_says_so_and_nothing_is_made(tmp_path: Path) -> None:
    house = StemHouse(tmp_path / "storage", None)
    inputs = {
        "request": {"kind": "mashup", "tracks_upload_id": "c", "vibe": "dark"},
        "title": "S",
        "model": "htdemucs",
        "tracks": [house.put(noise(1.5, seed=1)).model_dump()],
    }
    said: list[Message] = []
    order = Order("j", "", json.dumps(inputs), 1.5, str(tmp_path / "job"), 1, [])
    settings = Settings(_env_file=None, storage_root=house.root)
    run_order(order, mashup_pipeline(settings), said.append)
    [planned] = [one for one in said if isinstance(one, Planned)]
    assert planned.steps[0].name == "fetching_weights"
    assert isinstance(said[-1], Failed), said[-1]
    failure = said[-1].failure
    assert failure.code == "weights_unreachable"
    assert "draft" in failure.hint.lower()
    assert not list((tmp_path / "storage").rglob("stem-*"))
