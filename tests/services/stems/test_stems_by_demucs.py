"""Stems by a tiny Demucs: sum, cache, and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.contract.stems import StemsView
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import NormalFormWriter
from backend.app.services.library.track_ref import TrackRef
from tests import ROOT
from tests.sounds import noise, sine
from tests.stems.tiny_demucs import tiny_repo

from ..stems_harness import StemsHarness, difference_db

# Runs the pipeline in a new process; prints notes, loaded modules, peak memory.
RUN = """
import sys, json
from pathlib import Path
from backend.app.jobs.messages import Done, Noted, Order
from backend.app.jobs.runner import run_order
from backend.app.wiring.jobs.pipelines import build_stems_pipeline
from backend.app.settings import Settings
from tests.peak_memory import peak_mb
root, repo, inputs, folder = sys.argv[1:]
settings = Settings(_env_file=None, storage_root=Path(root), demucs_repo=Path(repo))
said = []
run_order(Order("j", "", inputs, 20.0, folder, 1, []), build_stems_pipeline(settings), said.append)
assert isinstance(said[-1], Done), said[-1]
print(json.dumps({
    "notes": [one.text for one in said if isinstance(one, Noted)],
    "loaded": sorted({"torch", "demucs"} & set(sys.modules)),
    "peak_mb": peak_mb(),
}))
"""


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_repo(tmp_path_factory.mktemp("repo"))


def run(harness: StemsHarness, repo: Path, inputs: dict, folder: Path) -> dict:
    command = [sys.executable, "-c", RUN, str(harness.root), str(repo), json.dumps(inputs)]
    done = subprocess.run(
        [*command, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def inputs_of(track: TrackRef) -> dict:
    return {
        "request": {"kind": "stems", "track_id": track.track_id},
        "title": "S",
        "model": "tiny",
        "stems": [],
        "tracks": [track.model_dump()],
    }


def test_cached_stems_need_no_model(tmp_path: Path, repo: Path) -> None:
    harness = StemsHarness(tmp_path / "storage", None)
    song = noise(6.0, seed=1)
    track = harness.put(song)
    inputs = inputs_of(track)
    first = run(harness, repo, inputs, tmp_path / "first")
    assert first["loaded"] == ["demucs", "torch"]
    second = run(harness, repo, inputs, tmp_path / "second")
    assert second["loaded"] == []
    assert first["notes"] == second["notes"]
    assert first["notes"][0].startswith("Separated by Demucs (tiny), on the ")
    views = [(tmp_path / name / "stems.json").read_text() for name in ("first", "second")]
    assert views[0] == views[1]
    view = StemsView.model_validate_json(views[0])
    assert (view.draft, bool(view.device)) == (False, True)
    [apart] = view.tracks
    files = [tmp_path / "first" / one.file for one in apart.stems]
    together = np.sum([soundfile.read(file, dtype="float32")[0] for file in files], axis=0).T
    assert difference_db(together, 10 ** (apart.gain_db / 20) * song) < -60
    assert apart.residual_db is not None
    assert apart.residual_db < -60


def put_long(harness: StemsHarness, duration_s: int) -> TrackRef:
    """Store a song of this length without holding it in memory."""
    second = sine(1.0, 220.0) + noise(1.0, seed=1, rms_db=-40.0)
    track = harness.put(second)
    with NormalFormWriter(harness.store.path(track.content_hash)) as writer:
        for _ in range(duration_s):
            writer.write(second.T)
    return track.model_copy(update={"n_samples": duration_s * SAMPLE_RATE})


@pytest.mark.soak
def test_memory_does_not_grow_with_duration(tmp_path: Path, repo: Path) -> None:
    harness = StemsHarness(tmp_path / "storage", None)
    peaks_mb = {}
    for duration_s in (180, 3600):
        track, folder = put_long(harness, duration_s), tmp_path / str(duration_s)
        peaks_mb[duration_s] = run(harness, repo, inputs_of(track), folder)["peak_mb"]
        view = StemsView.model_validate_json((folder / "stems.json").read_text())
        assert view.tracks[0].duration_s == duration_s
    summary = f"peaks: {peaks_mb[180]:.0f} MB for 3 minutes, {peaks_mb[3600]:.0f} MB for 60"
    sys.stdout.write(f"{summary}\n")
    # Measured: 34 MB, the 288,000 levels of the waveforms before they are written. All stems of an
    # hour would take 5080 MB.
    assert peaks_mb[3600] - peaks_mb[180] < 60.0, summary
