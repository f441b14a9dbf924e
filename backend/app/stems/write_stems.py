"""Write stems to disk atomically, corrected so that they add up to the song."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..contract.stems import StemName
from ..dsp.channels import channels_cancel, right_reversed
from ..dsp.samples import Samples
from ..media.stem_file_format import DerivedWriter
from ..store.files.atomic_write import atomic_write
from .separator import Progress, Separator, Song
from .stem_support import rest_of


@dataclass(slots=True)
class _RightReversed:
    """A song with its right channel upside down.

    Separators find a voice by the centre and level a song by its mono sum; where the channels
    cancel each other, both are empty.
    """

    song: Song
    n_samples: int

    def read(self, start: int, n: int) -> Samples:
        return right_reversed(self.song.read(start, n))


def keep_stems(
    separator: Separator,
    song: Song,
    stretch: tuple[int, int],
    wanted: Collection[StemName],
    path_of: Callable[[StemName], Path],
    progress: Progress,
) -> None:
    """Separate a range of a song into one file for each stem that the separator yields.

    If it yields all of its sources, what they leave of the song is added to ``other``, so that they
    add up to the song except for rounding to 24 bits. A song whose channels cancel each other is
    separated with the right one reversed, and so are its stems afterwards. Raise ``StorageFull`` if
    the disk is full; no file is left then, nor after any other exception.
    """
    cancels = channels_cancel(song.read, song.n_samples)
    heard: Song = _RightReversed(song, song.n_samples) if cancels else song
    brought = separator.brings(wanted)
    whole = set(brought) == set(separator.sources)
    with ExitStack() as kept, ExitStack() as files:
        parts = {
            stem: kept.enter_context(atomic_write(path_of(stem), durable=True)) for stem in brought
        }
        writers = {stem: files.enter_context(DerivedWriter(parts[stem])) for stem in brought}
        at = stretch[0]
        for blocks in separator.separate(heard, stretch, wanted, progress):
            if cancels:
                blocks = {stem: right_reversed(block) for stem, block in blocks.items()}
            n_samples = next(iter(blocks.values())).shape[1]
            if whole:
                blocks = {**blocks, "other": rest_of(song.read(at, n_samples), blocks)}
            for stem, writer in writers.items():
                writer.push(blocks[stem])
            at += n_samples
