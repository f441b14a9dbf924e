"""A pair of adjacent tracks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .deck import DeckTrack, Grid, grid_of
from .harmony import Camelot
from .levels.short_term import ShortTerm


@dataclass(frozen=True)
class Pair:
    """Two adjacent tracks of a set, in playing order."""

    outgoing: DeckTrack
    incoming: DeckTrack

    @cached_property
    def out_grid(self) -> Grid | None:
        """The outgoing track's beat grid, if it has one."""
        return grid_of(self.outgoing)

    @cached_property
    def in_grid(self) -> Grid | None:
        """The incoming track's beat grid, if it has one."""
        return grid_of(self.incoming)

    @cached_property
    def keys(self) -> tuple[Camelot, Camelot] | None:
        """The keys of both tracks; None if a key is unknown or a beat is uncertain."""
        out, into = self.out_grid, self.in_grid
        return (out.key, into.key) if out and into and out.key and into.key else None

    def key_distance(self, out_semitones: int = 0, in_semitones: int = 0) -> int | None:
        """Camelot steps between the keys after pitch shifts; None if a key is unknown."""
        if self.keys is None:
            return None
        outgoing, incoming = self.keys
        return outgoing.moved(out_semitones).distance(incoming.moved(in_semitones))

    @cached_property
    def out_loudness(self) -> ShortTerm:
        """Short-term loudness of the outgoing track."""
        return ShortTerm.of(self.outgoing.loudness.energies)

    @cached_property
    def in_loudness(self) -> ShortTerm:
        """Short-term loudness of the incoming track."""
        return ShortTerm.of(self.incoming.loudness.energies)
