"""Analysing and planning, with tracks deleted or cached files damaged meanwhile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import VERSION
from backend.app.contract.jobs import MixtapeRequest
from backend.app.errors import NotFound
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import Workspace
from backend.app.media.normal_form import write_normal_form
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.mixtape.inputs import MixtapeInputs
from backend.app.services.mixtape.job import MixtapeJob
from backend.app.services.mixtape.planning.plan import analyse_tracks, plan_mix
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.jobs.pipelines import build_mixtape_pipeline

SR = 44_100
CONTENT = "a" * 64
PROFILE = f"loudness-v{VERSION}.npz"


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
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
        TrackRef(
            track_id="t",
            content_hash=CONTENT,
            title="One",
            artist="",
            n_samples=2 * SR,
            has_cover=False,
        )
    ],
)


def opened(store: ContentStore, tmp_path: Path) -> MixtapeJob:
    settings = Settings(_env_file=None, storage_root=tmp_path / "storage")
    return build_mixtape_pipeline(settings).open(INPUTS.model_dump_json())


def context(job: MixtapeJob, tmp_path: Path) -> StepContext[MixtapeJob]:
    return StepContext(job, Workspace(tmp_path / "job"), lambda _: None, lambda _: None)


def test_job_with_deleted_track_is_rejected(store: ContentStore, tmp_path: Path) -> None:
    opened(store, tmp_path)
    store.remove(CONTENT)
    with pytest.raises(NotFound, match="“One” is no longer there"):
        opened(store, tmp_path)


def test_cached_profile_is_not_measured_again(
    store: ContentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = context(opened(store, tmp_path), tmp_path)
    analyse_tracks(ctx)
    profile = store.derived(CONTENT, PROFILE)
    written = profile.stat().st_mtime_ns
    analyse_tracks(ctx)
    assert profile.stat().st_mtime_ns == written


def test_profile_deleted_after_analysis_is_measured_again(
    store: ContentStore, tmp_path: Path
) -> None:
    """As if the crate had been deleted and uploaded again after the analysing step."""
    ctx = context(opened(store, tmp_path), tmp_path)
    analyse_tracks(ctx)
    store.derived(CONTENT, PROFILE).unlink()
    plan_mix(ctx)
    assert ctx.workspace.path("timeline.json").is_file()


@pytest.mark.parametrize(
    "left",
    [b"", b"PK\x03\x04" + bytes(40), bytes(4096), b"half"],
    ids=["0", "zip", "zeros", "half"],
)
def test_damaged_profile_is_measured_again(
    store: ContentStore, tmp_path: Path, left: bytes
) -> None:
    ctx = context(opened(store, tmp_path), tmp_path)
    analyse_tracks(ctx)
    profile = store.derived(CONTENT, PROFILE)
    whole = profile.read_bytes()
    profile.write_bytes(whole[: len(whole) // 2] if left == b"half" else left)
    plan_mix(ctx)
    assert profile.read_bytes() == whole
    profile.write_bytes(left)
    analyse_tracks(ctx)
    assert profile.read_bytes() == whole
