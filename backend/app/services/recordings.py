"""What a timeline's clips play: tracks, and what was made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..dsp.samples import Samples
from ..media.made_form import open_made
from ..media.normal_form import TrackReader
from ..store.blobs import ContentStore


def open_recording(store: ContentStore, recording: str) -> TrackReader:
    """Open a recording by the name that :attr:`Clip.recording` has for it."""
    path = store.recording(recording)
    if "/" not in recording:
        return TrackReader(path)
    store.renew(path)
    return open_made(path)


def blocks_of(
    reader: TrackReader, size: int, heard: Callable[[int], None] = lambda _: None
) -> Iterator[Samples]:
    """All of a recording in blocks of ``size`` samples; ``heard`` is told of each, after it."""
    for start in range(reader.first, reader.n_samples, size):
        block = reader.read(start, min(size, reader.n_samples - start))
        yield block
        heard(block.shape[1])
