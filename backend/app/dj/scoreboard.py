"""All candidates of a pair, judged and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..contract.dj import DjRules
from .candidates import ANYTHING, Candidate, Wish, candidates_of
from .couple import Couple
from .facts import Facts, facts_of, key_distance
from .judges import Case, Verdict, judged, keys_agree

_AGAINST_WISHES = 10.0  # more than all penalties of a usable join: a veto is overruled last


@dataclass(frozen=True)
class Scored:
    """A candidate with what every judge said of it."""

    case: Case
    verdicts: tuple[Verdict, ...]

    @property
    def candidate(self) -> Candidate:
        """The candidate."""
        return self.case.candidate

    @property
    def facts(self) -> Facts:
        """What is known of it."""
        return self.case.facts

    @cached_property
    def penalty(self) -> float:
        """All penalties; a veto that was overruled by a wish weighs more than any of them."""
        vetoes = sum(verdict.veto for verdict in self.verdicts)
        return sum(verdict.penalty for verdict in self.verdicts) + _AGAINST_WISHES * vetoes

    @cached_property
    def veto(self) -> Verdict | None:
        """The first veto, a lasting one before others."""
        vetoes = [verdict for verdict in self.verdicts if verdict.veto]
        return min(vetoes, key=lambda verdict: not verdict.lasting, default=None)

    @property
    def heaviest(self) -> str:
        """What speaks against it most, in words."""
        told = [verdict for verdict in self.verdicts if verdict.reason]
        return max(told, key=lambda verdict: verdict.penalty).reason if told else ""

    def penalty_after(self, couple: Couple, out_pitch: int) -> float:
        """The penalty when the outgoing track already sounds ``out_pitch`` semitones higher."""
        if not out_pitch:
            return self.penalty
        distance = key_distance(self.candidate, couple, out_pitch)
        moved = replace(self.case, facts=replace(self.facts, key_distance=distance))
        return self.penalty + keys_agree(moved).penalty - keys_agree(self.case).penalty


def scoreboard(couple: Couple, rules: DjRules, wish: Wish = ANYTHING) -> list[Scored]:
    """Every candidate, the best first; those with a veto stay on the board."""
    board = []
    for candidate in candidates_of(couple, rules, wish):
        case = Case(candidate, facts_of(candidate, couple), rules)
        board.append(Scored(case, tuple(judged(case))))
    return sorted(board, key=lambda scored: scored.penalty)


def shortlist(board: Sequence[Scored], each: int) -> list[Scored]:
    """The best few of every kind, for the choice over the whole set."""
    kept: list[Scored] = []
    for scored in board:
        alike = [one for one in kept if one.candidate.kind == scored.candidate.kind]
        if len(alike) < each:
            kept.append(scored)
    return kept
