"""Stems on disk: written as they come, whole or not at all, and adding up to the song."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from pathlib import Path

from ..contract.stems import StemName
from ..dsp.samples import Samples
from ..media.made_form import MadeWriter
from ..store.aside import made_aside
from .separator import Progress, Separator, Song, StemBlocks


def keep_stems(
    separator: Separator,
    song: Song,
    stretch: tuple[int, int],
    wanted: Collection[StemName],
    path_of: Callable[[StemName], Path],
    progress: Progress,
) -> None:
    """Separate a stretch of a song into one file a stem, all that the separator brings.

    Where it brings all of its sources, what they leave of the song is put into ``other``: they then
    add up to it, but for the rounding to 24 bits.

    Raises
    ------
    StorageFull
        If the disk is full. Nothing is left then, nor after any other exception.
    """
    brought = separator.brings(wanted)
    whole = set(brought) == set(separator.sources)
    with ExitStack() as kept, ExitStack() as files:
        parts = {
            stem: kept.enter_context(made_aside(path_of(stem), lasting=True)) for stem in brought
        }
        writers = {stem: files.enter_context(MadeWriter(parts[stem])) for stem in brought}
        at = stretch[0]
        for blocks in separator.separate(song, stretch, wanted, progress):
            at += _write(writers, _completed(blocks, song, at) if whole else blocks)


def _completed(blocks: StemBlocks, song: Song, at: int) -> StemBlocks:
    """The blocks with ``other`` as it has to be for all of them to add up to the song."""
    n_samples = next(iter(blocks.values())).shape[1]
    rest: Samples = song.read(at, n_samples).copy()
    for stem, block in blocks.items():
        if stem != "other":
            rest -= block
    return {**blocks, "other": rest}


def _write(writers: Mapping[StemName, MadeWriter], blocks: StemBlocks) -> int:
    for stem, writer in writers.items():
        writer.push(blocks[stem])
    return int(next(iter(blocks.values())).shape[1])
