"""Analyse the notes of stems and sounds, with cached results."""

from __future__ import annotations

from pathlib import Path

from ...analysis.sources.performance import (
    VERSION,
    analyse_performance,
    load_performance,
    save_performance,
)
from ...contract.stems import StemName
from ...dsp.channels import channels_cancel
from ...dsp.granular.performance import Performance
from ...dsp.granular.score import Parts
from ...dsp.samples import SAMPLE_RATE
from ...store.files.blobs import ContentStore
from ..tracks.recordings import CountSamples, blocks_of, cache_path, open_recording


def parts_of(stem: StemName) -> Parts:
    """What a stem consists of: hits without pitch, one voice, or chords."""
    if stem == "drums":
        return "hits"
    return "voice" if stem in ("bass", "vocals") else "chords"


def performance_of(
    store: ContentStore,
    recording: str,
    parts: Parts | None = None,
    count: CountSamples = lambda _: None,
) -> Performance:
    """Analyse the notes of a recording, unless cached.

    ``parts`` is what a stem consists of; None for a sound, which may be anything.
    """
    path = _path(store, recording, parts)
    cached = load_performance(path)
    if cached is not None:
        return cached
    with open_recording(store, recording) as reader:
        cancel = channels_cancel(reader.read, reader.n_samples)
        blocks = blocks_of(reader, SAMPLE_RATE, count)
        performance = analyse_performance(blocks, parts, channels_cancel=cancel)
    save_performance(performance, path)
    store.persist(path)
    return performance


def is_cached(store: ContentStore, recording: str, parts: Parts | None = None) -> bool:
    """Whether the notes of a recording are cached."""
    return load_performance(_path(store, recording, parts)) is not None


def _path(store: ContentStore, recording: str, parts: Parts | None) -> Path:
    kind = f"played-v{VERSION}-{parts or 'sound'}"
    return cache_path(store, recording, kind, ".npz")
