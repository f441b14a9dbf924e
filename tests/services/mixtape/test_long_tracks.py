"""Memory of a mixtape of tracks as long as DJ sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.media.normal_form import NormalFormWriter
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.store.files.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec

MIX = """
import resource
import sys
from pathlib import Path

from backend.app.jobs.messages import Failed, Order
from backend.app.jobs.runner import run_order
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.settings import Settings
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from tests.peak_memory import peak_mb

folder = Path(sys.argv[1])
inputs = MixtapeInputs.model_validate_json((folder / "inputs.json").read_text())
order = Order(job_id="long", pipeline="", inputs=inputs.model_dump_json(), work_s=inputs.duration_s,
              workspace=str(folder / "job"), attempt=1, finished=[])

def tell(message):
    if isinstance(message, Failed):
        raise SystemExit(message.failure.message)

settings = Settings(_env_file=None, storage_root=folder / "storage")
run_order(order, build_mixtape_pipeline(settings), tell)
assert (folder / "job" / "mix.mp3").is_file()
print(peak_mb(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
"""
MINUTES = 180


def long_track(folder: Path, number: int) -> TrackRef:
    """Store a song of two minutes, repeated."""
    spec = SongSpec(seed=number, tempo_bpm=120.0 + 4.0 * number, duration_s=120.0)
    song, content_hash = compose_song(spec).samples, f"{number:064x}"
    path = ContentStore(folder / "storage").path(content_hash)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NormalFormWriter(path) as writer:
        for _ in range(MINUTES // 2):
            writer.push(song)
    return TrackRef(
        track_id=str(number),
        content_hash=content_hash,
        title=f"Set {number}",
        artist="Band",
        n_samples=song.shape[1] * (MINUTES // 2),
    )


@pytest.mark.soak
def test_two_tracks_of_three_hours_are_mixed_in_600_megabytes(tmp_path: Path) -> None:
    tracks = [long_track(tmp_path, number) for number in (0, 1)]
    request = MixtapeRequest(tracks_upload_id="-", transitions="dj", formats=["mp3"])
    inputs = MixtapeInputs(request=request, title="Long", tracks=tracks)
    (tmp_path / "inputs.json").write_text(inputs.model_dump_json())
    command = [sys.executable, "-c", MIX, str(tmp_path)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    job_mb, largest_child_mb = map(float, done.stdout.split())
    assert max(job_mb, largest_child_mb) < 600.0, (job_mb, largest_child_mb)
