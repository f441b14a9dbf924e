"""Stems by a tiny Demucs: they add up; for a song that is known the model is not loaded again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.contract.stems import StemsView
from tests.sounds import noise
from tests.stems.tiny_demucs import tiny_repo

from .stem_house import StemHouse, difference_db

ROOT = Path(__file__).parents[2]
# What the pipeline does in a process of its own: the seconds of its steps, and what was loaded.
RUN = """
import sys, json
from pathlib import Path
from backend.app.jobs.messages import Done, Failed, Noted, Order, StepFinished
from backend.app.jobs.runner import run_order
from backend.app.services.stems import stems_pipeline
from backend.app.settings import Settings
root, repo, inputs, folder = sys.argv[1:]
settings = Settings(_env_file=None, storage_root=Path(root), demucs_repo=Path(repo))
said = []
run_order(Order("j", "", inputs, 20.0, folder, 1, []), stems_pipeline(settings), said.append)
assert isinstance(said[-1], Done), said[-1]
print(json.dumps({
    "seconds": {one.step: one.seconds for one in said if isinstance(one, StepFinished)},
    "notes": [one.text for one in said if isinstance(one, Noted)],
    "loaded": sorted({"torch", "demucs"} & set(sys.modules)),
}))
"""


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_repo(tmp_path_factory.mktemp("repo"))


def run(house: StemHouse, repo: Path, inputs: dict, folder: Path) -> dict:
    command = [sys.executable, "-c", RUN, str(house.root), str(repo), json.dumps(inputs)]
    done = subprocess.run(
        [*command, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_second_time_nothing_is_loaded_and_it_takes_no_time(tmp_path: Path, repo: Path) -> None:
    house = StemHouse(tmp_path / "storage", None)
    song = noise(20.0, seed=1)
    track = house.put(song)
    inputs = {
        "request": {"kind": "stems", "track_id": "t0"},
        "title": "S",
        "model": "tiny",
        "stems": [],
        "tracks": [track.model_dump()],
    }
    first = run(house, repo, inputs, tmp_path / "first")
    assert first["loaded"] == ["demucs", "torch"]
    second = run(house, repo, inputs, tmp_path / "second")
    assert second["loaded"] == []
    assert second["seconds"]["separating_stems"] < 2.0
    assert [note.split(",")[0] for note in first["notes"] + second["notes"]] == [
        "Taken apart by Demucs (tiny)",
        "Taken apart before",
    ]
    told = [(tmp_path / name / "stems.json").read_text() for name in ("first", "second")]
    assert told[0] == told[1]
    view = StemsView.model_validate_json(told[0])
    assert (view.draft, bool(view.device)) == (False, True)
    [apart] = view.tracks
    files = [tmp_path / "first" / one.file for one in apart.stems]
    together = np.sum([soundfile.read(file, dtype="float32")[0] for file in files], axis=0).T
    assert difference_db(together, 10 ** (apart.gain_db / 20) * song) < -60
    assert apart.residual_db is not None
    assert apart.residual_db < -60
