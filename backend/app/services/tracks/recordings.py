"""Open recordings: tracks, and files derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ...dsp.samples import Samples
from ...media.normal_form import TrackReader
from ...media.stem_file_format import open_derived
from ...store.files.blobs import ContentStore

CountSamples = Callable[[int], None]
"""Called with the number of samples just read; may raise, to stop."""


def open_recording(store: ContentStore, recording: str) -> TrackReader:
    """Open a recording by its :attr:`Clip.recording` name."""
    path = store.recording(recording)
    if "/" not in recording:
        return TrackReader(path)
    store.touch(path)
    return open_derived(path)


def blocks_of(
    reader: TrackReader, size: int, count: CountSamples = lambda _: None
) -> Iterator[Samples]:
    """Read a whole recording in blocks of ``size`` samples; ``count`` each after its use."""
    for start in range(reader.first, reader.n_samples, size):
        block = reader.read(start, min(size, reader.n_samples - start))
        yield block
        count(block.shape[1])


def cache_path(store: ContentStore, recording: str, kind: str, suffix: str) -> Path:
    """Path at which a result of some ``kind`` is cached for a recording."""
    content_hash, _, derived = recording.partition("/")
    of = f"-{derived.removesuffix('.flac')}" if derived else ""
    return store.derived(content_hash, f"{kind}{of}{suffix}")
