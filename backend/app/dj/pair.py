"""A pair of adjacent tracks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from ..analysis.structure.bounds import Bounds
from ..dsp.loudness import Energies
from .closed_grid import closed_grid_of
from .deck import DeckTrack, Grid
from .drops import Drop, drops_of
from .harmony import Camelot
from .levels.short_term import ShortTerm, relative_powers
from .pair_grooves import PairGrooves


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
        return closed_grid_of(self.outgoing)

    @cached_property
    def in_grid(self) -> Grid | None:
        """The incoming track's beat grid, if it has one."""
        return closed_grid_of(self.incoming)

    def keys(self, place: Place | None = None) -> tuple[Camelot, Camelot] | None:
        """The keys of both tracks at a place, by default those of their largest parts.

        None if a key is unknown or a beat is uncertain.
        """
        out, into = self.out_grid, self.in_grid
        if out is None or into is None:
            return None
        outgoing = self._out_key(place.outgoing_s) if place else out.key
        incoming = self._in_key(place.incoming_s) if place else into.key
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
    def _out_key(self) -> Callable[[Bounds], Camelot | None]:
        """The outgoing track's key in a stretch; remembers its answers."""
        return cache(self.out_grid.key_between) if self.out_grid else _unknown

    @cached_property
    def _in_key(self) -> Callable[[Bounds], Camelot | None]:
        """The incoming track's key in a stretch; remembers its answers."""
        return cache(self.in_grid.key_between) if self.in_grid else _unknown

    @cached_property
    def grooves(self) -> PairGrooves | None:
        """How the drums of both tracks interlock; None if a track has no known beat or drums."""
        out, into = self.out_grid, self.in_grid
        if out is None or into is None or not (out.analysis.grooves and into.analysis.grooves):
            return None
        return PairGrooves(out.analysis.grooves, into.analysis.grooves, 60.0 / out.tempo_bpm)

    @cached_property
    def out_loudness(self) -> ShortTerm:
        """Short-term loudness of the outgoing track."""
        return ShortTerm.of(self.outgoing.loudness.energies)

    @cached_property
    def in_loudness(self) -> ShortTerm:
        """Short-term loudness of the incoming track."""
        return ShortTerm.of(self.incoming.loudness.energies)

    @cached_property
    def loudness_before(self) -> Callable[[float], float]:
        """Relative loudness of the outgoing track before a second; remembers its answers."""
        return cache(self.out_loudness.before)

    @cached_property
    def loudness_after(self) -> Callable[[float], float]:
        """Relative loudness of the incoming track after a second; remembers its answers."""
        return cache(self.in_loudness.after)

    @cached_property
    def out_power(self) -> Energies:
        """Power of each 100 ms of the outgoing track, relative to its loudness."""
        return relative_powers(self.outgoing.loudness.energies)

    @cached_property
    def in_power(self) -> Energies:
        """Power of each 100 ms of the incoming track, relative to its loudness."""
        return relative_powers(self.incoming.loudness.energies)

    @cached_property
    def out_drops(self) -> tuple[Drop, ...]:
        """The outgoing track's drops, in order."""
        return drops_of(self.out_grid, self.out_power) if self.out_grid else ()

    @cached_property
    def in_drops(self) -> tuple[Drop, ...]:
        """The incoming track's drops, in order."""
        return drops_of(self.in_grid, self.in_power) if self.in_grid else ()

    @cached_property
    def out_music_s(self) -> float:
        """Length of the outgoing track's music in seconds."""
        return max(self.outgoing.music_end_s - self.outgoing.music_start_s, 1e-9)

    @cached_property
    def in_music_s(self) -> float:
        """Length of the incoming track's music in seconds."""
        return max(self.incoming.music_end_s - self.incoming.music_start_s, 1e-9)

    @cached_property
    def full_parts_s(self) -> tuple[float, float]:
        """The middle of the outgoing track's last full section, and of the incoming one's first.

        Full sections are choruses, drops and others near the track's highest energy.
        """
        return max(_full_middles_s(self.outgoing), default=0.0), min(
            _full_middles_s(self.incoming), default=float("inf")
        )


def _unknown(_: Bounds) -> None:
    return None


def _full_middles_s(track: DeckTrack) -> list[float]:
    sections = track.analysis.sections if track.analysis else []
    return [(part.start_s + part.end_s) / 2.0 for part in sections if part.label == "full"]
