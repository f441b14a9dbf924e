"""The step that renders stretched segments, and their cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.dj.timeline import Clip, Timeline
from backend.app.dj.timeline_json import view_of
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import Workspace
from backend.app.media.normal_form import write_normal_form
from backend.app.render.player.stretched_segments import stretched_segments_of
from backend.app.services.files.names import TIMELINE
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.render import stretch_clips
from backend.app.services.tracks.stretched import open_stretched
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline
from tests.sounds import SR, noise

CONTENT = "b" * 64
BENT = Clip(
    "t", CONTENT, "One", "", 0, 3 * SR, warp=((0, 0), (SR, SR + 900), (2 * SR, 2 * SR + 900))
)
LATER = Clip("t", CONTENT, "One", "", 2 * SR, 2 * SR, warp=((0, 2 * SR), (SR, 3 * SR - 800)))
PLAIN = Clip("t", CONTENT, "One", "", 3 * SR, SR)


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """A content store with one track of four seconds."""
    write_normal_form(tmp_path / "track.flac", noise(4.0, seed=1))
    ContentStore(tmp_path / "storage").put(CONTENT, tmp_path / "track.flac")
    return tmp_path / "storage"


def opened(storage: Path) -> MixtapeJob:
    track = TrackRef(
        track_id="t",
        content_hash=CONTENT,
        title="One",
        artist="",
        n_samples=4 * SR,
        has_cover=False,
    )
    inputs = MixtapeInputs(
        request=MixtapeRequest(tracks_upload_id="crate"), title="Mix", tracks=[track]
    )
    settings = Settings(_env_file=None, storage_root=storage, render_workers=2)
    return build_mixtape_pipeline(settings).open(inputs.model_dump_json())


def run(storage: Path, tmp_path: Path, *clips: Clip) -> list[float]:
    """Run the step on a timeline; return its progress."""
    progress: list[float] = []
    workspace = Workspace(tmp_path / "job")
    workspace.root.mkdir(exist_ok=True)
    workspace.path(TIMELINE).write_text(view_of(Timeline(clips)).model_dump_json())
    stretch_clips(StepContext(opened(storage), workspace, progress.append, lambda _: None))
    return progress


def cached(storage: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in storage.rglob("stretch-*")}


def test_all_segments_are_rendered_and_progress_ends_at_one(storage: Path, tmp_path: Path) -> None:
    progress = run(storage, tmp_path, BENT, LATER)
    assert set(cached(storage)) == {
        p.file_name for p in stretched_segments_of(Timeline((BENT, LATER)))
    }
    assert progress == sorted(progress)
    assert progress[-1] == 1.0


def test_cached_segments_are_reused(storage: Path, tmp_path: Path) -> None:
    run(storage, tmp_path, BENT)
    first = cached(storage)
    run(storage, tmp_path, BENT, LATER)
    assert first.items() < cached(storage).items()


def test_mix_without_tempo_maps_has_no_segments(storage: Path, tmp_path: Path) -> None:
    assert run(storage, tmp_path, PLAIN) == []
    assert cached(storage) == {}


def test_deleted_segment_is_rendered_again_when_played(storage: Path, tmp_path: Path) -> None:
    run(storage, tmp_path, BENT)
    names = set(cached(storage))
    for path in storage.rglob("stretch-*"):
        path.unlink()
    (segment,) = stretched_segments_of(Timeline((BENT,)))
    with open_stretched(opened(storage).store, segment) as reader:
        assert reader.n_samples == segment.length
    assert set(cached(storage)) == names


def test_cancelled_step_leaves_no_partial_segment(storage: Path, tmp_path: Path) -> None:
    def cancel(_: float) -> None:
        raise KeyboardInterrupt

    workspace = Workspace(tmp_path)
    workspace.path(TIMELINE).write_text(view_of(Timeline((BENT, LATER))).model_dump_json())
    with pytest.raises(KeyboardInterrupt):
        stretch_clips(StepContext(opened(storage), workspace, cancel, lambda _: None))
    assert all(name.endswith(".flac") for name in cached(storage))
