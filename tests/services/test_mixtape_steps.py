"""The recipe on tracks of the test's own, and what it does when they have gone meanwhile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.analysis.loudness import VERSION
from backend.app.contract.jobs import MixtapeRequest
from backend.app.errors import NotFound
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import Workspace
from backend.app.media.normal_form import write_normal_form
from backend.app.services.mixtape import mixtape_pipeline
from backend.app.services.mixtape_inputs import MixtapeInputs, MixtapeJob, MixTrack
from backend.app.services.mixtape_plan import analyse_tracks, plan_mix
from backend.app.settings import Settings
from backend.app.store.blobs import ContentStore

SR = 44_100
CONTENT = "a" * 64
PROFILE = f"loudness-v{VERSION}.npz"


@pytest.fixture
def kept(tmp_path: Path) -> ContentStore:
    """A content store with one track of two seconds."""
    store = ContentStore(tmp_path / "storage")
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * SR) / SR)
    track = tmp_path / "track.flac"
    write_normal_form(track, np.stack([wave, wave]).astype(np.float32))
    store.put(CONTENT, track)
    return store


INPUTS = MixtapeInputs(
    request=MixtapeRequest(tracks_upload_id="crate"),
    title="Mix",
    tracks=[
        MixTrack(
            track_id="t", content=CONTENT, title="One", artist="", n_samples=2 * SR, has_cover=False
        )
    ],
)


def opened(store: ContentStore, tmp_path: Path) -> MixtapeJob:
    settings = Settings(_env_file=None, storage_root=tmp_path / "storage")
    return mixtape_pipeline(settings).open(INPUTS.model_dump_json())


def context(job: MixtapeJob, tmp_path: Path) -> StepContext[MixtapeJob]:
    return StepContext(job, Workspace(tmp_path / "job"), lambda _: None, lambda _: None)


def test_an_attempt_at_a_job_whose_tracks_have_gone_says_so(
    kept: ContentStore, tmp_path: Path
) -> None:
    opened(kept, tmp_path)
    kept.remove(CONTENT)
    with pytest.raises(NotFound, match="“One” is no longer there"):
        opened(kept, tmp_path)


def test_what_was_heard_before_is_not_heard_again(
    kept: ContentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = context(opened(kept, tmp_path), tmp_path)
    analyse_tracks(ctx)
    profile = kept.derived(CONTENT, PROFILE)
    written = profile.stat().st_mtime_ns
    analyse_tracks(ctx)
    assert profile.stat().st_mtime_ns == written


def test_a_track_that_went_and_came_back_after_it_was_heard_is_heard_again(
    kept: ContentStore, tmp_path: Path
) -> None:
    """Its crate was deleted and uploaded anew; the finished step is not run again."""
    ctx = context(opened(kept, tmp_path), tmp_path)
    analyse_tracks(ctx)
    kept.derived(CONTENT, PROFILE).unlink()
    plan_mix(ctx)
    assert ctx.workspace.path("timeline.json").is_file()


@pytest.mark.parametrize(
    "left",
    [b"", b"PK\x03\x04" + bytes(40), bytes(4096), b"half"],
    ids=["0", "zip", "zeros", "half"],
)
def test_a_profile_that_a_power_cut_tore_is_measured_again(
    kept: ContentStore, tmp_path: Path, left: bytes
) -> None:
    ctx = context(opened(kept, tmp_path), tmp_path)
    analyse_tracks(ctx)
    profile = kept.derived(CONTENT, PROFILE)
    whole = profile.read_bytes()
    profile.write_bytes(whole[: len(whole) // 2] if left == b"half" else left)
    plan_mix(ctx)
    assert profile.read_bytes() == whole
    profile.write_bytes(left)
    analyse_tracks(ctx)
    assert profile.read_bytes() == whole
