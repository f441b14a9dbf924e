"""Analyse stems, with cached results."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from ...analysis.result_files import save_json
from ...analysis.sources.stem import VERSION, StemFacts, analyse_stem, load_facts
from ...contract.stems import StemName
from ...dsp.samples import SAMPLE_RATE
from ...jobs.pipeline import JobT, StepContext
from ...store.files.blobs import ContentStore
from ..jobs.parallel import run_parallel
from ..tracks.analyse import is_analysed, profile_of
from ..tracks.recordings import CountSamples, blocks_of, cache_path, open_recording

StemRecording: TypeAlias = tuple[StemName, str]
"""A stem's name, and its recording."""

_PASSES = 2  # one pass for loudness, one for the rest


def stem_facts(
    store: ContentStore, stem: StemRecording, count: CountSamples = lambda _: None
) -> StemFacts:
    """Analyse a stem and measure its loudness, unless cached."""
    name, recording = stem
    profile_of(store, recording, count)
    path = _facts_path(store, recording)
    cached = load_facts(path)
    if cached is not None:
        return cached
    with open_recording(store, recording) as reader:
        facts = analyse_stem(name, blocks_of(reader, SAMPLE_RATE, count))
    save_json(facts, path)
    store.persist(path)
    return facts


def analyse_stems(
    ctx: StepContext[JobT],
    store: ContentStore,
    workers: int,
    stems: Sequence[tuple[StemRecording, int]],
) -> None:
    """Analyse the stems that are not cached; each is given with its length in samples."""
    missing = [
        (stem, _PASSES * length)
        for stem, length in dict.fromkeys(stems)
        if not _is_analysed(store, stem[1])
    ]
    run_parallel(ctx, workers, missing, partial(stem_facts, store), "stem")


def _is_analysed(store: ContentStore, recording: str) -> bool:
    if not is_analysed(store, recording, whole=False):
        return False
    return load_facts(_facts_path(store, recording)) is not None


def _facts_path(store: ContentStore, recording: str) -> Path:
    return cache_path(store, recording, f"facts-v{VERSION}", ".json")
