"""Stretched segments: rendered once, and counted where they are rendered or used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backend.app.jobs.cache_uses import CACHE_USES, CacheUse
from backend.app.render.player.stretched_segments import StretchedSegment
from backend.app.services.tracks.stretched import (
    open_stretched,
    stretch_segments,
    stretching_tasks,
)
from backend.app.store.files.blobs import ContentStore
from tests.sounds import SR, clicks

from ..stored_tracks import context, put_track


def segment_of(content_hash: str, n_samples: int) -> StretchedSegment:
    """The first second of a track, made longer."""
    return StretchedSegment(content_hash, ((0, 0), (SR, n_samples)), 0, plays_on=False)


def test_segments_count_where_they_are_rendered_or_used(tmp_path: Path) -> None:
    store = ContentStore(tmp_path / "storage")
    track = put_track(store, tmp_path, "a", clicks(3, 0.5, seed=1))
    segments = [segment_of(track.content_hash, SR + more) for more in (1000, 2000)]
    ctx = context(None, tmp_path, [])
    CACHE_USES.take()
    stretch_segments(ctx, store, 1, segments[:1])
    assert CACHE_USES.take() == [CacheUse("segments", 0, 1)]
    tasks = stretching_tasks(store, 1, segments)
    assert CACHE_USES.take() == []  # only listed
    [task] = tasks.left
    for _ in range(2):
        tasks.run(task.key, lambda _: None)
    assert CACHE_USES.take() == [CacheUse("segments", 1, 1)]
    joined = replace(ctx, is_split=True, task_keys=frozenset([task.key]))
    stretch_segments(joined, store, 1, segments)
    assert CACHE_USES.take() == [CacheUse("segments", 1, 0)]
    open_stretched(store, segments[0]).close()
    assert CACHE_USES.take() == []  # counted by the step already
