"""A pair of adjacent tracks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..analysis.structure.bounds import Bounds
from .deck import DeckTrack, Grid, grid_of
from .harmony import Camelot
from .levels.short_term import ShortTerm


@dataclass(frozen=True, slots=True)
class Place:
    """The stretches of both tracks that a join uses, in seconds of each track."""

    outgoing_s: Bounds
    incoming_s: Bounds


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

    def keys(self, place: Place | None = None) -> tuple[Camelot, Camelot] | None:
        """The keys of both tracks at a place, by default those of their largest parts.

        None if a key is unknown or a beat is uncertain.
        """
        out, into = self.out_grid, self.in_grid
        if out is None or into is None:
            return None
        outgoing = out.key_between(place.outgoing_s) if place else out.key
        incoming = into.key_between(place.incoming_s) if place else into.key
        return (outgoing, incoming) if outgoing and incoming else None

    def key_distance(
        self, place: Place | None = None, *, out_semitones: int = 0, in_semitones: int = 0
    ) -> int | None:
        """Camelot steps between the keys after pitch shifts; None if a key is unknown."""
        keys = self.keys(place)
        if keys is None:
            return None
        outgoing, incoming = keys
        return outgoing.moved(out_semitones).distance(incoming.moved(in_semitones))

    @cached_property
    def out_loudness(self) -> ShortTerm:
        """Short-term loudness of the outgoing track."""
        return ShortTerm.of(self.outgoing.loudness.energies)

    @cached_property
    def in_loudness(self) -> ShortTerm:
        """Short-term loudness of the incoming track."""
        return ShortTerm.of(self.incoming.loudness.energies)
