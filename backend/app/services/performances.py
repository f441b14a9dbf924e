"""What is played in stems and in sounds: heard once, kept beside them, found again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..analysis import performance_ear
from ..analysis.performance_ear import hear_performance, load_performance, save_performance
from ..dsp.performance import Performance
from ..dsp.samples import SAMPLE_RATE
from ..dsp.score import Parts
from ..store.blobs import ContentStore
from .recordings import blocks_of, open_recording


def performance_of(
    store: ContentStore,
    recording: str,
    parts: Parts | None = None,
    heard: Callable[[int], None] = lambda _: None,
) -> Performance:
    """What is played in a recording: found again, or listened to and kept.

    ``parts`` is what it consists of; None, of a sound, for anything.
    """
    path = _path(store, recording, parts)
    kept = load_performance(path)
    if kept is not None:
        return kept
    with open_recording(store, recording) as reader:
        performance = hear_performance(blocks_of(reader, SAMPLE_RATE, heard), parts)
    save_performance(performance, path)
    return performance


def is_known(store: ContentStore, recording: str, parts: Parts | None = None) -> bool:
    """Whether somebody has listened to it before."""
    return load_performance(_path(store, recording, parts)) is not None


def _path(store: ContentStore, recording: str, parts: Parts | None) -> Path:
    content, _, made = recording.partition("/")
    of = f"-{made.removesuffix('.flac')}" if made else ""
    name = f"played-v{performance_ear.VERSION}-{parts or 'sound'}{of}.npz"
    return store.derived(content, name)
