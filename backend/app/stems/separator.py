"""The separator interface: separates songs into stems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Protocol, TypeAlias

from ..contract.stems import StemName
from ..dsp.samples import Samples

# The next samples of several stems, each float32 ``(2, n)`` with the same ``n``.
StemBlocks: TypeAlias = Mapping[StemName, Samples]
# Called with the progress, 0 to 1; may raise, to stop.
Progress: TypeAlias = Callable[[float], None]


class Song(Protocol):
    """A song to separate; any range can be read, as with a :class:`TrackReader`."""

    n_samples: int

    def read(self, start: int, n: int) -> Samples:
        """Samples ``[start, start + n)``, float32 ``(2, n)`` at 44.1 kHz."""
        ...


class Separator(Protocol):
    """Separates songs into stems, in memory independent of their length.

    One thread uses it at a time. The same samples give the same stems.
    """

    @property
    def key(self) -> str:
        """Identifies separator and version in file names: letters, digits, dots, underscores.

        Changes whenever the same song would give other stems.
        """
        ...

    @property
    def sources(self) -> tuple[StemName, ...]:
        """The stems that the separator can make; together they add up to about the song."""
        ...

    @property
    def draft(self) -> bool:
        """Whether the separator's stems have draft quality."""
        ...

    @property
    def label(self) -> str:
        """The separator's name for users."""
        ...

    @property
    def device(self) -> str:
        """The device on which the separator runs, for users."""
        ...

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        """The stems that are yielded for ``wanted``: those, and others at no extra cost.

        For ``other`` all sources are needed, since it is the rest of the song.
        """
        ...

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        """Yield blocks of the stems that :meth:`brings` returns, in order.

        Together they hold the samples ``[first, last)`` of ``stretch``.
        """
        ...
