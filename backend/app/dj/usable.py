"""Where in two tracks a join may lie, so that some of each still plays."""

from __future__ import annotations

from dataclasses import dataclass

from ..analysis.structure.bounds import Bounds
from .closed_grid import beat_s
from .pair import Pair, Place

LEAST_HEARD_S = 1.0  # at least this much of each track plays, whatever was requested

_ROUNDED_S = 0.1  # the first beat may be this far before the first sound, because of rounding


@dataclass(frozen=True, slots=True)
class Usable:
    """The stretches of both tracks in which a join may lie, so that some of each still plays.

    A beat grid that a user corrected may reach into the silence round the music.
    """

    outgoing_s: Bounds
    incoming_s: Bounds

    @classmethod
    def of(cls, pair: Pair) -> Usable:
        """Find the stretches of a pair."""
        (out_start, out_end), (in_start, in_end) = pair.outgoing.music_s, pair.incoming.music_s
        if pair.out_grid:  # the last bar may end a beat after its sound
            out_end = min(out_end + beat_s(pair.out_grid.analysis.rhythm), pair.outgoing.duration_s)
        return cls(
            (out_start + LEAST_HEARD_S, out_end), (in_start - _ROUNDED_S, in_end - LEAST_HEARD_S)
        )

    def holds(self, place: Place) -> bool:
        """Whether a join's place lies in both stretches."""
        (out_s, out_end_s), (in_s, in_end_s) = place.outgoing_s, place.incoming_s
        leaves = self.outgoing_s[0] <= out_s and out_end_s <= self.outgoing_s[1]
        return leaves and self.incoming_s[0] <= in_s and in_end_s <= self.incoming_s[1]
