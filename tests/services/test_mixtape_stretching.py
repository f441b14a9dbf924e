"""The step that makes the stretched beginnings, and what finds them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.contract.jobs import MixtapeRequest
from backend.app.dj.timeline import Clip, Timeline
from backend.app.dj.timeline_view import view_of
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import Workspace
from backend.app.media.normal_form import write_normal_form
from backend.app.render.pieces import pieces_of
from backend.app.services.mix_files import TIMELINE
from backend.app.services.mixtape import mixtape_pipeline
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob, MixTrack
from backend.app.services.mixtape_sound import stretch_pieces
from backend.app.services.stretching import open_piece
from backend.app.settings import Settings
from backend.app.store.blobs import ContentStore
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
    track = MixTrack(
        track_id="t", content=CONTENT, title="One", artist="", n_samples=4 * SR, has_cover=False
    )
    inputs = MixtapeInputs(
        request=MixtapeRequest(tracks_upload_id="crate"), title="Mix", tracks=[track]
    )
    settings = Settings(_env_file=None, storage_root=storage, render_workers=2)
    return mixtape_pipeline(settings).open(inputs.model_dump_json())


def run(storage: Path, tmp_path: Path, *clips: Clip) -> list[float]:
    """Run the step on a timeline; what progress it told."""
    told: list[float] = []
    workspace = Workspace(tmp_path / "job")
    workspace.root.mkdir(exist_ok=True)
    workspace.path(TIMELINE).write_text(view_of(Timeline(clips)).model_dump_json())
    stretch_pieces(StepContext(opened(storage), workspace, told.append, lambda _: None))
    return told


def kept(storage: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in storage.rglob("stretch-*")}


def test_every_piece_of_a_mix_is_made_and_progress_ends_at_one(
    storage: Path, tmp_path: Path
) -> None:
    told = run(storage, tmp_path, BENT, LATER)
    assert set(kept(storage)) == {p.file_name for p in pieces_of(Timeline((BENT, LATER)))}
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_later_mix_makes_only_what_is_new(storage: Path, tmp_path: Path) -> None:
    run(storage, tmp_path, BENT)
    first = kept(storage)
    run(storage, tmp_path, BENT, LATER)
    assert first.items() < kept(storage).items()


def test_a_mix_without_bends_has_nothing_to_make(storage: Path, tmp_path: Path) -> None:
    assert run(storage, tmp_path, PLAIN) == []
    assert kept(storage) == {}


def test_a_piece_that_went_with_its_track_and_is_played_once_more_is_made_again(
    storage: Path, tmp_path: Path
) -> None:
    run(storage, tmp_path, BENT)
    names = set(kept(storage))
    for path in storage.rglob("stretch-*"):
        path.unlink()
    (piece,) = pieces_of(Timeline((BENT,)))
    with open_piece(opened(storage).content, piece) as reader:
        assert reader.n_samples == piece.length
    assert set(kept(storage)) == names


def test_a_cancelled_step_leaves_no_half_made_piece(storage: Path, tmp_path: Path) -> None:
    def cancel(_: float) -> None:
        raise KeyboardInterrupt

    workspace = Workspace(tmp_path)
    workspace.path(TIMELINE).write_text(view_of(Timeline((BENT, LATER))).model_dump_json())
    with pytest.raises(KeyboardInterrupt):
        stretch_pieces(StepContext(opened(storage), workspace, cancel, lambda _: None))
    assert all(name.endswith(".flac") for name in kept(storage))
