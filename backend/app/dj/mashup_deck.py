"""A song as the mashup planner sees it: whole at first, then taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..analysis.stem_ear import StemFacts
from ..contract.stems import StemName
from .deck import DeckTrack, Grid, grid_of


@dataclass(frozen=True, slots=True)
class MashupTrack:
    """A song and its stems.

    Attributes
    ----------
    deck : the whole track and what was heard in it
    stems : what was measured on each of its stems; empty before it is taken apart
    made : the file of each stem, among what was derived from the track's content
    """

    deck: DeckTrack
    stems: Mapping[StemName, StemFacts] = field(default_factory=dict)
    made: Mapping[StemName, str] = field(default_factory=dict)

    @property
    def track_id(self) -> str:
        """Which track."""
        return self.deck.track_id

    @property
    def title(self) -> str:
        """Its title, in the quotes that sentences have it in."""
        return f"“{self.deck.title}”"

    @property
    def grid(self) -> Grid | None:
        """Its beats and bars; None where it has no beat to speak of."""
        return grid_of(self.deck)

    def plays(self, stem: StemName) -> bool:
        """Whether there is something to be heard in this stem."""
        return stem in self.stems and not self.stems[stem].silent
