"""Who may propose how neighbours are joined: the port that rules and language models both fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..contract.dj import DjRules, PairStrategy
from .deck import DeckTrack


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbours of the set, in the order in which they play."""

    outgoing: DeckTrack
    incoming: DeckTrack


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a strategist proposes for the joins of a set.

    Attributes
    ----------
    strategies : by index of the pair; where one is missing, the rules stand in
    reasons : for each missing pair why, as the end of a sentence that a user can read ("the
        language model did not answer within 25 s")
    notes : sentences for the job, about what was left out or put right
    """

    strategies: Mapping[int, PairStrategy]
    reasons: Mapping[int, str]
    notes: tuple[str, ...] = ()


class Strategist(Protocol):
    """Proposes joins.

    ``propose`` never raises for what a model or a network does, and returns within the
    strategist's own time limit; every pair is in ``strategies`` or in ``reasons``. It may be called
    from several threads.
    """

    def propose(self, pairs: Sequence[Pair], rules: DjRules) -> Proposals:
        """How these neighbours are to be joined."""
        ...
