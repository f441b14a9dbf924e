"""Strategist interface: an object that proposes how the pairs of a set are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..contract.dj import DjRules, PairStrategy
from .pair import Pair


@dataclass(frozen=True, slots=True)
class Proposals:
    """A strategist's proposals for the joins of a set, by index of the pair.

    Where a strategy is missing, the rules choose, and ``reasons`` says why it is missing, as the
    end of a sentence for users ("the language model did not answer within 25 s"). ``notes`` are
    sentences about what was dropped or corrected.
    """

    strategies: Mapping[int, PairStrategy] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def merged_with(self, later: Proposals) -> Proposals:
        """Add later proposals for pairs that have none yet."""
        strategies = {**later.strategies, **self.strategies}
        reasons = {**self.reasons, **later.reasons}
        still = {index: why for index, why in reasons.items() if index not in strategies}
        return Proposals(strategies, still, self.notes + later.notes)


class Strategist(Protocol):
    """An object that proposes joins, such as a language model.

    ``propose`` never raises for errors of a model or a network, and returns within the
    strategist's own time limit. Several threads may call it at the same time.
    """

    def propose(self, pairs: Sequence[Pair], rules: DjRules) -> Proposals:
        """Propose a join for each pair."""
        ...
