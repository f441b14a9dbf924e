"""The port: who takes songs apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Protocol, TypeAlias

from ..contract.stems import StemName
from ..dsp.samples import Samples

StemBlocks: TypeAlias = Mapping[StemName, Samples]
"""The next samples of several stems, each float32 ``(2, n)`` with the same ``n``."""

Progress: TypeAlias = Callable[[float], None]
"""Called with 0 to 1; may raise, to stop."""


class Song(Protocol):
    """What is taken apart: any stretch of it can be read, as of a :class:`TrackReader`."""

    n_samples: int

    def read(self, start: int, n: int) -> Samples:
        """Samples ``[start, start + n)``, float32 ``(2, n)`` at 44.1 kHz."""
        ...


class Separator(Protocol):
    """Takes songs apart, in memory that does not depend on their length.

    One thread uses it at a time. The same samples give the same stems.

    Attributes
    ----------
    key : names it in the files of what it made, letters, digits, dots and underscores; changes
        whenever the same song would come out otherwise
    sources : the stems that it can tell, which add up to about the song
    draft : whether its stems are no more than a draft
    label, device : its name, and what it works on, in words for people
    """

    @property
    def key(self) -> str:
        """What names it in files."""
        ...

    @property
    def sources(self) -> tuple[StemName, ...]:
        """The stems that it can tell."""
        ...

    @property
    def draft(self) -> bool:
        """Whether its stems are a draft."""
        ...

    @property
    def label(self) -> str:
        """Its name for people."""
        ...

    @property
    def device(self) -> str:
        """What it works on."""
        ...

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        """The stems that it yields where ``wanted`` are asked for: those, and what costs no more.

        Whoever wants ``other`` gets all sources: what is left of the song goes there.
        """
        ...

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        """Yield blocks of the stems that :meth:`brings`, from the first sample to the last.

        Parameters
        ----------
        stretch : the samples ``[first, last)`` of the song that are wanted; the blocks add up to it
        """
        ...
