"""How the drums of a pair's tracks interlock at a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..analysis.structure.bounds import Bounds
from ..contract.analysis import Groove
from .groove import Grooves, Values, compare, words_for


@dataclass(frozen=True, slots=True)
class GrooveFit:
    """How alike two grooves are on average, 0 to 1, in the share of an overlap with both drums.

    ``words`` name what separates them most; empty if nothing does.
    """

    similarity: float
    share: float
    words: str


@dataclass(frozen=True)
class PairGrooves:
    """The grooves of both tracks. Remembers answers, since a pair has hundreds of candidates."""

    out: Sequence[Groove]
    into: Sequence[Groove]
    beat_s: float
    _parts: dict[tuple[bool, Bounds], list[tuple[float, float, int]]] = field(default_factory=dict)
    _named: dict[tuple[int, int], str] = field(default_factory=dict)

    def fit(self, outgoing_s: Bounds, incoming_s: Bounds) -> GrooveFit | None:
        """Compare the grooves of two stretches that play together; None without two known ones.

        A matched overlap maps one track's time onto the other's in proportion.
        """
        both = [
            (min(out[1], into[1]) - max(out[0], into[0]), out[2], into[2])
            for out in self._within(self.out, outgoing_s, False)
            for into in self._within(self.into, incoming_s, True)
        ]
        known = [
            (share, out, into, float(self._similarity[out, into]))
            for share, out, into in both
            if share > 0.0 and self._similarity[out, into] >= 0.0
        ]
        total = sum(share for share, *_ in known)
        if not total:
            return None
        _, out, into, _ = max(known, key=lambda one: one[0] * (1.0 - one[3]))
        mean = sum(share * alike for share, _, _, alike in known) / total
        return GrooveFit(mean, total, self._words(out, into))

    def _within(
        self, grooves: Sequence[Groove], bounds: Bounds, incoming: bool
    ) -> list[tuple[float, float, int]]:
        """The grooves in a stretch, each with its start and end as shares of it."""
        if (incoming, bounds) not in self._parts:
            start_s, end_s = bounds
            length_s = max(end_s - start_s, 1e-9)
            self._parts[incoming, bounds] = [
                (
                    max((one.start_s - start_s) / length_s, 0.0),
                    min((one.end_s - start_s) / length_s, 1.0),
                    index,
                )
                for index, one in enumerate(grooves)
                if one.start_s < end_s and one.end_s > start_s
            ]
        return self._parts[incoming, bounds]

    @cached_property
    def _similarity(self) -> Values:
        return compare(Grooves.of(self.out), Grooves.of(self.into), self.beat_s).similarity

    def _words(self, out: int, into: int) -> str:
        if (out, into) not in self._named:
            words = words_for(self.out[out], self.into[into], self.beat_s)
            self._named[out, into] = words
        return self._named[out, into]
