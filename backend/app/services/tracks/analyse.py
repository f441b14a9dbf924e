"""Analyse tracks and measure loudness, with cached results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from ...analysis.levels import loudness
from ...analysis.levels.loudness import (
    PEAK_HOP,
    LoudnessProfile,
    load_profile,
    measure_loudness,
    save_profile,
)
from ...analysis.result_files import load_json, save_json
from ...analysis.track import VERSION, analyse
from ...contract.analysis import TrackAnalysis
from ...dsp.channels import channels_cancel
from ...dsp.samples import SAMPLE_RATE, seconds
from ...errors import NotAnalysed
from ...jobs.cache_uses import CACHE_USES
from ...jobs.pipeline import JobT, StepContext, TaskList
from ...media.normal_form import TrackReader
from ...store.files.blobs import ContentStore
from ..jobs.parallel import run_parallel
from ..jobs.pieces import Piece, counting, tasks_of
from ..library.track_ref import TrackRef
from .recordings import CountSamples, blocks_of, cache_path, open_recording

_BLOCK = 100 * PEAK_HOP  # one second
# CPU seconds for a second of music, measured on one core.
_ANALYSIS_COST, _LOUDNESS_COST = 0.01, 0.002
# Of tracks that are analysed at the same time: the longest track takes as much memory alone.
_SAMPLES_AT_ONCE = 3 * 3600 * SAMPLE_RATE


def cached_analysis(store: ContentStore, content_hash: str) -> TrackAnalysis | None:
    """A track's cached analysis, without corrections; None if it is not analysed."""
    return load_json(TrackAnalysis, _analysis_path(store, content_hash))


def require_analysis(store: ContentStore, content_hash: str, title: str) -> TrackAnalysis:
    """A track's cached analysis, without corrections; raise :class:`NotAnalysed` if none."""
    analysis = cached_analysis(store, content_hash)
    if analysis is None:
        raise NotAnalysed(
            f"“{title}” has not been analysed.",
            hint="Start a job of the kind “analysis” on its crate.",
        )
    return analysis


def analyse_track(
    store: ContentStore, content_hash: str, count: CountSamples = lambda _: None
) -> TrackAnalysis:
    """Analyse a track, without corrections, and measure its loudness, unless cached.

    Two jobs that need the same track at the same time share one analysis.
    """
    cached = cached_analysis(store, content_hash)
    if cached is not None:
        return cached
    with store.lock(content_hash, "analysis"):
        cached = cached_analysis(store, content_hash)  # another job may have made it meanwhile
        if cached is not None:
            CACHE_USES.hit("analyses")
            return cached
        CACHE_USES.miss("analyses")
        return _analyse(store, content_hash, count)


def _analyse(store: ContentStore, content_hash: str, count: CountSamples) -> TrackAnalysis:
    profile_path = _profile_path(store, content_hash)
    known = load_profile(profile_path)
    with TrackReader(store.path(content_hash)) as reader:
        cancel = channels_cancel(reader.read, reader.n_samples)
        blocks = blocks_of(reader, _BLOCK, count)
        analysis, profile = analyse(blocks, known, channels_cancel=cancel)
    if known is None:
        save_profile(profile, profile_path)
        store.persist(profile_path)
    path = _analysis_path(store, content_hash)
    save_json(analysis, path)
    store.persist(path)
    return analysis


def profile_of(
    store: ContentStore, recording: str, count: CountSamples = lambda _: None
) -> LoudnessProfile:
    """Measure a recording's loudness, unless cached."""
    path = _profile_path(store, recording)
    cached = load_profile(path)
    if cached is not None:
        return cached
    with open_recording(store, recording) as reader:
        profile = measure_loudness(blocks_of(reader, _BLOCK, count))
    save_profile(profile, path)
    store.persist(path)
    return profile


def whole_profile_of(store: ContentStore, recording: str) -> LoudnessProfile:
    """A recording's loudness, with its share of bass if it is an analysed track."""
    profile = profile_of(store, recording)
    analysis = None if "/" in recording else cached_analysis(store, recording)
    return replace(profile, bass_share=analysis.bass_share) if analysis else profile


def analyse_all(
    ctx: StepContext[JobT],
    store: ContentStore,
    workers: int,
    tracks: Sequence[TrackRef],
    *,
    whole: bool,
) -> None:
    """Analyse the tracks that are not cached, in parallel; only loudness unless ``whole``.

    Threads suffice: nearly all of the 1.7 s of CPU time for a track of three minutes is spent
    inside libraries that release the interpreter; two threads wait 2 % of it for each other.
    """
    lengths = {track.content_hash: track.n_samples for track in tracks}
    missing = [one for one in lengths.items() if not is_analysed(store, one[0], whole=whole)]

    def run(content_hash: str, count: CountSamples) -> None:
        (analyse_track if whole else profile_of)(store, content_hash, count)

    if whole:
        left = {content_hash for content_hash, _ in missing}
        CACHE_USES.hit("analyses", len(lengths.keys() - left - ctx.task_keys))
        workers = analyses_at_once(workers, [n_samples for _, n_samples in missing])
    run_parallel(ctx, workers, missing, run, "track")


def analysis_tasks(
    store: ContentStore, workers: int, tracks: Sequence[TrackRef], *, whole: bool
) -> TaskList:
    """List the tracks that :func:`analyse_all` would analyse, as tasks."""
    make = analyse_track if whole else profile_of
    lengths = {track.content_hash: track.n_samples for track in tracks}

    def piece(content_hash: str, n_samples: int) -> Piece:
        def work(progress: Callable[[float], None]) -> Sequence[Path]:
            make(store, content_hash, counting(progress, n_samples))
            return ()

        cost_s = (_ANALYSIS_COST if whole else _LOUDNESS_COST) * seconds(n_samples)
        is_done = is_analysed(store, content_hash, whole=whole)
        return Piece(content_hash, cost_s, work, is_done)

    if whole:
        workers = analyses_at_once(workers, list(lengths.values()))
    return tasks_of([piece(*one) for one in lengths.items()], workers)


def analyses_at_once(workers: int, lengths: Sequence[int]) -> int:
    """Lower the number of workers so that even the longest tracks together fit into memory.

    ``lengths`` are in samples; memory grows by some 100 MB an hour of music.
    """
    fitting = sum(n <= _SAMPLES_AT_ONCE for n in accumulate(sorted(lengths, reverse=True)))
    return workers if fitting == len(lengths) else min(workers, max(1, fitting))


def is_analysed(store: ContentStore, recording: str, *, whole: bool) -> bool:
    """Whether a recording's loudness and, with ``whole``, its analysis are cached."""
    if load_profile(_profile_path(store, recording)) is None:
        return False
    return not whole or cached_analysis(store, recording) is not None


def is_cached(store: ContentStore, content_hash: str, *, whole: bool) -> bool:
    """Whether a track's cached files exist, without checking that they can be read."""
    paths = [_profile_path(store, content_hash)]
    paths += [_analysis_path(store, content_hash)] if whole else []
    return all(path.is_file() for path in paths)


def _profile_path(store: ContentStore, recording: str) -> Path:
    return cache_path(store, recording, f"loudness-v{loudness.VERSION}", ".npz")


def _analysis_path(store: ContentStore, content_hash: str) -> Path:
    return store.derived(content_hash, f"analysis-v{VERSION}.json")
