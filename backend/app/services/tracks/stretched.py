"""Render stretched segments of clips, and cache them beside the tracks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ...dsp.samples import seconds
from ...jobs.cache_uses import CACHE_USES
from ...jobs.pipeline import JobT, StepContext, TaskList
from ...media.normal_form import TrackReader
from ...render.player.stretched_segments import StretchedSegment, stretch_segment
from ...store.files.blobs import ContentStore
from ..jobs.parallel import run_parallel
from ..jobs.pieces import Piece, Progress, counting, tasks_of
from .recordings import CountSamples, open_recording

# CPU seconds for a second of stretched music, measured on one core.
_COST = 0.15


def stretch_segments(
    ctx: StepContext[JobT], store: ContentStore, workers: int, segments: Sequence[StretchedSegment]
) -> None:
    """Render the segments that are not cached, in parallel."""
    missing = [(one, one.length) for one in segments if not _path_of(store, one).is_file()]
    left = {one.key for one, _ in missing}
    CACHE_USES.hit("segments", len({one.key for one in segments} - left - ctx.task_keys))
    run_parallel(ctx, workers, missing, partial(_render, store), "tempo change")


def stretching_tasks(
    store: ContentStore, workers: int, segments: Sequence[StretchedSegment]
) -> TaskList:
    """List the segments that are not cached, as tasks."""

    def piece(segment: StretchedSegment) -> Piece:
        path = _path_of(store, segment)

        def work(progress: Progress) -> Sequence[Path]:
            if path.is_file():
                CACHE_USES.hit("segments")
            else:
                _render(store, segment, counting(progress, segment.length))
            return ()

        cost_s = _COST * seconds(segment.length)
        return Piece(segment.key, cost_s, work, path.is_file())

    return tasks_of([piece(segment) for segment in segments], workers)


def open_stretched(store: ContentStore, segment: StretchedSegment) -> TrackReader:
    """Open a cached segment; if its file is deleted, render it again."""
    path = _path_of(store, segment)
    if not path.is_file():
        _render(store, segment, lambda _: None)
    store.touch(path)
    return TrackReader(path)


def _render(store: ContentStore, segment: StretchedSegment, count: CountSamples) -> None:
    CACHE_USES.miss("segments")
    path = _path_of(store, segment)
    stretch_segment(segment, partial(open_recording, store), path, count)
    store.persist(path)


def _path_of(store: ContentStore, segment: StretchedSegment) -> Path:
    return store.derived(segment.content_hash, segment.file_name)
