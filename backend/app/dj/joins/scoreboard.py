"""Rate all candidates of a pair, and sort them into a scoreboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heapify, heappop, heappush

from ...contract.dj import KINDS, DjRules, TransitionKind
from ..pair import Pair
from .candidates import UNCONSTRAINED, Candidate, JoinConstraints, candidates_of
from .figures.facts import PairFacts
from .figures.inside import look_inside
from .loops import looped_pair_of
from .rules import RULES, keys_agree, no_hole_inside
from .verdicts import Case, Verdict

# more than all penalties of a usable join, so that vetoed ones are overruled last
_VETO_PENALTY = 10.0

RULE_NAMES: tuple[str, ...] = tuple(rule.__name__ for rule in RULES)
"""The scoring rules' names, as in ``DjRules.rule_weights``."""

LOOKED_INSIDE = 8  # candidates of each kind whose loudness is forecast


@dataclass(frozen=True)
class RatedCandidate(Case):
    """A candidate with the verdict of every rule."""

    verdicts: tuple[Verdict, ...]

    @cached_property
    def penalty(self) -> float:
        """Weighted sum of all penalties; an overruled veto counts more than any penalty."""
        weights = self.rules.rule_weights
        if not weights:
            return sum([_cost(verdict, 1.0) for verdict in self.verdicts])
        return sum(
            _cost(verdict, weights.get(name, 1.0))
            for name, verdict in zip(RULE_NAMES, self.verdicts, strict=True)
        )

    @property
    def penalties(self) -> dict[str, float]:
        """The penalties by rule, before they are weighted; those of 0 are left out."""
        by_rule = zip(RULE_NAMES, self.verdicts, strict=True)
        return {name: verdict.penalty for name, verdict in by_rule if verdict.penalty}

    @cached_property
    def veto(self) -> Verdict | None:
        """The first veto; binding ones come before others."""
        vetoes = [verdict for verdict in self.verdicts if verdict.veto]
        return min(vetoes, key=lambda verdict: not verdict.binding, default=None)

    @property
    def heaviest(self) -> str:
        """The reason of the largest penalty."""
        explained = [verdict for verdict in self.verdicts if verdict.reason]
        return max(explained, key=lambda verdict: verdict.penalty).reason if explained else ""

    def penalty_after(self, pair: Pair, out_pitch: int) -> float:
        """The candidate's penalty if the outgoing track plays ``out_pitch`` semitones higher."""
        if not out_pitch:
            return self.penalty
        distance = pair.key_distance(
            self.candidate.place,
            out_semitones=out_pitch,
            in_semitones=self.candidate.pitch_semitones,
        )
        moved = replace(self, facts=replace(self.facts, key_distance=distance))
        weight = self.rules.rule_weights.get(keys_agree.__name__, 1.0)
        return self.penalty + _cost(keys_agree(moved), weight) - _cost(keys_agree(self), weight)


def _cost(verdict: Verdict, weight: float) -> float:
    return weight * verdict.penalty + _VETO_PENALTY * verdict.veto


def rate(candidate: Candidate, pair_facts: PairFacts, rules: DjRules) -> RatedCandidate:
    """Rate a candidate by every rule."""
    facts = pair_facts.of(candidate)
    case = Case(candidate, facts, rules)
    return RatedCandidate(candidate, facts, rules, tuple(rule(case) for rule in RULES))


def scoreboard(
    pair: Pair, rules: DjRules, constraints: JoinConstraints = UNCONSTRAINED
) -> list[RatedCandidate]:
    """Rate every candidate, the best first; vetoed ones stay on the board."""
    facts, looped = PairFacts(pair), looped_pair_of(pair, rules, constraints)
    plain = [] if looped and constraints.loops else candidates_of(pair, rules, constraints)
    board = [rate(candidate, facts, rules) for candidate in plain]
    if looped:
        board += [rate(candidate, looped.facts, rules) for candidate in looped.candidates]

    def look(rated: RatedCandidate) -> RatedCandidate:
        of = looped.pair if looped and rated.candidate.loop else pair
        return _look(rated, of, constraints.fades)

    board = [rated for kind in KINDS for rated in _looked_inside(board, kind, look)]
    return sorted(board, key=lambda rated: rated.penalty)


def _looked_inside(
    board: Sequence[RatedCandidate],
    kind: TransitionKind,
    look: Callable[[RatedCandidate], RatedCandidate],
) -> Iterator[RatedCandidate]:
    """Look inside candidates of a kind until the best few are known.

    A look adds a penalty or none, so the candidates are looked at in the order of their penalties,
    and those that are left can't be among the best.
    """
    rest = [
        (one.penalty, place, one) for place, one in enumerate(board) if one.candidate.kind == kind
    ]
    heapify(rest)
    known = 0
    while rest and known < LOOKED_INSIDE:
        _, place, one = heappop(rest)
        if one.facts.inside is None:
            seen = look(one)
            heappush(rest, (seen.penalty, place, seen))
        else:
            known += 1
            yield one
    yield from (one for _, _, one in rest)


def _look(rated: RatedCandidate, pair: Pair, fades: tuple[float, float] | None) -> RatedCandidate:
    candidate, inside = look_inside(rated.candidate, pair, fades)
    facts = replace(rated.facts, inside=inside)
    case = Case(candidate, facts, rated.rules)
    verdicts = tuple(
        rule(case) if rule is no_hole_inside else verdict
        for rule, verdict in zip(RULES, rated.verdicts, strict=True)
    )
    return RatedCandidate(candidate, facts, rated.rules, verdicts)


def shortlist(board: Sequence[RatedCandidate], each: int) -> list[RatedCandidate]:
    """Keep the best few candidates of every kind, for the choice over the whole set."""
    kept: list[RatedCandidate] = []
    for rated in board:
        alike = [one for one in kept if one.candidate.kind == rated.candidate.kind]
        if len(alike) < each:
            kept.append(rated)
    return kept
