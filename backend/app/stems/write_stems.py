"""Write stems to disk atomically, so that they add up to the song."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path

from ..contract.stems import StemName
from ..media.stem_file_format import DerivedWriter
from ..store.files.atomic_write import atomic_write
from .separator import Progress, Separator, Song
from .stem_support import rest_of


def keep_stems(
    separator: Separator,
    song: Song,
    stretch: tuple[int, int],
    wanted: Collection[StemName],
    path_of: Callable[[StemName], Path],
    progress: Progress,
) -> None:
    """Separate a range of a song into one file per stem that the separator yields.

    If it yields all of its sources, what they leave of the song is added to ``other``, so that they
    add up to the song except for rounding to 24 bits. Raise ``StorageFull`` if the disk is full; no
    file is left then, nor after any other exception.
    """
    brought = separator.brings(wanted)
    whole = set(brought) == set(separator.sources)
    with ExitStack() as kept, ExitStack() as files:
        parts = {
            stem: kept.enter_context(atomic_write(path_of(stem), durable=True)) for stem in brought
        }
        writers = {stem: files.enter_context(DerivedWriter(parts[stem])) for stem in brought}
        at = stretch[0]
        for blocks in separator.separate(song, stretch, wanted, progress):
            n_samples = next(iter(blocks.values())).shape[1]
            if whole:
                blocks = {**blocks, "other": rest_of(song.read(at, n_samples), blocks)}
            for stem, writer in writers.items():
                writer.push(blocks[stem])
            at += n_samples
