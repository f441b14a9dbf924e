"""Two neighbours of a set, as everybody who judges their join looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .deck import DeckTrack, Grid, grid_of
from .short_term import ShortTerm


@dataclass(frozen=True)
class Couple:
    """Two neighbours, their grids, and how loud they are from moment to moment."""

    outgoing: DeckTrack
    incoming: DeckTrack
    out_grid: Grid | None
    in_grid: Grid | None

    @classmethod
    def of(cls, outgoing: DeckTrack, incoming: DeckTrack) -> Couple:
        """The two with their grids."""
        return cls(outgoing, incoming, grid_of(outgoing), grid_of(incoming))

    @cached_property
    def out_loudness(self) -> ShortTerm:
        """How loud the outgoing track is."""
        return ShortTerm.of(self.outgoing.loudness)

    @cached_property
    def in_loudness(self) -> ShortTerm:
        """How loud the incoming track is."""
        return ShortTerm.of(self.incoming.loudness)
