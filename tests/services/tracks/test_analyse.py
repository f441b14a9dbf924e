"""Analysing tracks: in parallel, with cached results."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.analysis import CrateAnalysis, GridFix
from backend.app.contract.jobs import AnalysisRequest
from backend.app.jobs.cache_uses import CACHE_USES, CacheUse
from backend.app.services.analysis.inputs import AnalysisInputs
from backend.app.services.analysis.pipeline import AnalysisJob, analyse_crate
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.tracks.analyse import (
    analyse_all,
    analyse_track,
    analyses_at_once,
    analysis_tasks,
    cached_analysis,
    is_analysed,
    profile_of,
)
from backend.app.store.files.blobs import ContentStore
from tests.analysis.analysed_songs import song
from tests.sounds import SR, clicks

from ..stored_tracks import context, put_track

SECONDS = 12
A, B = "a" * 64, "b" * 64


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "storage")


@pytest.fixture
def tracks(store: ContentStore, tmp_path: Path) -> tuple[TrackRef, ...]:
    """Two tracks with a beat, at 120 and 100 BPM."""
    return tuple(
        put_track(store, tmp_path, letter, clicks(SECONDS, every_s, seed=ord(letter)))
        for letter, every_s in (("a", 0.5), ("b", 0.6))
    )


def run_analysis(
    store: ContentStore, tmp_path: Path, tracks: tuple[TrackRef, ...], *, whole: bool
) -> tuple[list[str], list[float]]:
    said, shares = list[str](), list[float]()
    ctx = context(None, tmp_path, said, shares.append)
    analyse_all(ctx, store, 2, tracks, whole=whole)
    return said, shares


def test_long_tracks_are_analysed_by_fewer_workers() -> None:
    hour = 3600 * SR
    assert analyses_at_once(8, [hour // 15] * 40) == 8
    assert analyses_at_once(8, [3 * hour, hour // 15]) == 1
    assert analyses_at_once(8, [4 * hour]) == 1
    assert analyses_at_once(8, [hour // 15, hour, hour, hour, hour]) == 3
    assert analyses_at_once(2, [hour] * 5) == 2
    assert analyses_at_once(2, []) == 2


def test_each_track_is_analysed_once_and_reported(
    store: ContentStore, tmp_path: Path, tracks: tuple[TrackRef, ...]
) -> None:
    said, shares = run_analysis(store, tmp_path, tracks, whole=True)
    assert said == ["track 1 of 2", "track 2 of 2"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert is_analysed(store, A, whole=True)
    assert run_analysis(store, tmp_path, tracks, whole=True) == ([], [])


def test_two_jobs_at_the_same_time_share_one_analysis(
    store: ContentStore, tracks: tuple[TrackRef, ...]
) -> None:
    counted: list[list[int]] = [[], []]
    with ThreadPoolExecutor(2) as jobs:
        results = jobs.map(lambda one: analyse_track(store, A, one.append), counted)
        first, second = results
    assert first == second
    assert sorted(map(sum, counted)) == [0, tracks[0].n_samples]


def test_analyses_count_where_they_are_made_or_used(
    store: ContentStore, tmp_path: Path, tracks: tuple[TrackRef, ...]
) -> None:
    CACHE_USES.take()
    run_analysis(store, tmp_path, tracks[:1], whole=True)
    assert CACHE_USES.take() == [CacheUse("analyses", 0, 1)]
    tasks = analysis_tasks(store, 2, tracks, whole=True)
    assert CACHE_USES.take() == []  # only listed
    [task] = tasks.left
    tasks.run(task.key, lambda _: None)
    ctx = replace(context(None, tmp_path, []), is_split=True, task_keys=frozenset([task.key]))
    analyse_all(ctx, store, 2, tracks, whole=True)
    assert CACHE_USES.take() == [CacheUse("analyses", 1, 1)]
    run_analysis(store, tmp_path, tracks, whole=True)
    assert CACHE_USES.take() == [CacheUse("analyses", 2, 0)]


def test_only_loudness_is_measured_if_not_whole(
    store: ContentStore, tmp_path: Path, tracks: tuple[TrackRef, ...]
) -> None:
    run_analysis(store, tmp_path, tracks, whole=False)
    assert is_analysed(store, A, whole=False)
    assert cached_analysis(store, A) is None


@pytest.mark.usefixtures("tracks")
def test_analysis_reuses_cached_loudness(store: ContentStore, tmp_path: Path) -> None:
    known = profile_of(store, A)
    assert analyse_track(store, A).loudness_lufs == pytest.approx(known.integrated_lufs)
    [cached] = (tmp_path / "storage" / "derived").rglob("loudness*")
    written = cached.stat().st_mtime_ns
    analyse_track(store, A)
    assert cached.stat().st_mtime_ns == written


@pytest.mark.usefixtures("tracks")
def test_truncated_cache_is_analysed_again(store: ContentStore, tmp_path: Path) -> None:
    whole = analyse_track(store, A)
    [cached] = (tmp_path / "storage" / "derived").rglob("analysis-*.json")
    cached.write_bytes(cached.read_bytes()[:100])
    assert cached_analysis(store, A) is None
    assert analyse_track(store, A) == whole


def test_exception_in_progress_stops_analysis(
    store: ContentStore, tmp_path: Path, tracks: tuple[TrackRef, ...]
) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyse_all(context(None, tmp_path, progress=stop), store, 2, tracks, whole=True)
    assert cached_analysis(store, A) is None


def test_crate_analysis_keeps_order_and_applies_corrections(
    store: ContentStore, tracks: tuple[TrackRef, ...], tmp_path: Path
) -> None:
    a, b = tracks
    corrected = a.model_copy(update={"grid_fix": GridFix(tempo_bpm=90.0)})
    request = AnalysisRequest(tracks_upload_id="crate")
    inputs = AnalysisInputs(request=request, tracks=(b, corrected))
    ctx = context(AnalysisJob(inputs, store, 2), tmp_path / "job")
    analyse_crate(ctx)
    text = ctx.workspace.path("analysis.json").read_text()
    results = CrateAnalysis.model_validate_json(text).tracks
    assert [one.track_id for one in results] == ["b", "a"]
    assert results[0].analysis == analyse_track(store, B)
    assert results[1].analysis.rhythm.tempo_bpm == 90.0
    assert analyse_track(store, A).manual is None


def test_reversed_channel_is_analysed_as_the_upright_one(
    store: ContentStore, tmp_path: Path
) -> None:
    mid = song("house", 7, duration_s=24.0).samples.mean(axis=0)
    put_track(store, tmp_path, "c", np.stack([mid, mid]))
    put_track(store, tmp_path, "d", np.stack([mid, -mid]))
    upright, inverted = (analyse_track(store, letter * 64) for letter in "cd")
    assert upright.rhythm.tempo_bpm > 0.0
    assert inverted == upright
