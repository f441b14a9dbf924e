"""Choose joins that fit together over the whole set, the DJ rules, and wishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from ...contract.dj import DjRules
from ..deck import DeckTrack
from ..pair import Pair
from .candidates import LEAST_HEARD_S, MATCHED, UNCONSTRAINED, Candidate, JoinConstraints, gap_of
from .facts import Facts
from .scoreboard import RatedCandidate, rate, scoreboard, shortlist
from .tempo_maps import earliest_exit_s

Author = Literal["rules", "llm", "you", "earlier"]

_EACH = 8  # candidates of each kind that the choice over the set considers
_LAST_RESORT = 40.0  # a gap against the rules is still better than no mix
_NOT_HEARD = 1e4  # a track that is not played at all: worse than any wish not met
_TOO_LITTLE_HEARD = 4.0  # a track that is hardly played costs as much as falling back to a fade
_WISH_OF: dict[Author, str] = {
    "you": "Your choice",
    "llm": "The language model's proposal",
    "earlier": "The join of the base mix",
}


@dataclass(frozen=True, slots=True)
class JoinWish:
    """A wish for a join, and its author; ``fallback`` is tried if ``constraints`` can't be met."""

    constraints: JoinConstraints = UNCONSTRAINED
    by: Author = "rules"
    reason: str = ""
    fallback: JoinConstraints | None = None
    overlay: bool = False


NO_WISH = JoinWish()


@dataclass(frozen=True)
class Choice:
    """The chosen join of a pair.

    ``board`` holds the candidates of the rules alone; ``note`` says why a wish was not met;
    ``overlay`` whether a sound over the join was asked for.
    """

    pair: Pair
    rated: RatedCandidate
    board: list[RatedCandidate]
    by: Author
    wish_reason: str = ""
    note: str = ""
    overlay: bool = False

    @property
    def candidate(self) -> Candidate:
        """The chosen candidate."""
        return self.rated.candidate

    @property
    def facts(self) -> Facts:
        """The chosen candidate's figures."""
        return self.rated.facts


def choose_joins(
    decks: Sequence[DeckTrack], rules: DjRules, join_wishes: Sequence[JoinWish] | None = None
) -> list[Choice]:
    """Choose a join for every pair, with the least penalty over the whole set.

    Joins depend on each other: a track must be back at its own tempo before it is left, and be
    heard for long enough. The best chain is found exactly, over a shortlist for each pair.
    """
    pairs = [Pair(out, into) for out, into in pairwise(decks)]
    wishes = join_wishes or [NO_WISH] * len(pairs)
    options = [_options(pair, rules, wish) for pair, wish in zip(pairs, wishes, strict=True)]
    picks = _best_chain(pairs, [option.usable for option in options], rules)
    return [
        Choice(
            pair,
            pick,
            option.board,
            option.by if pick in option.wished else "rules",
            wish.reason if pick in option.wished and _has_wished_pitch(pick, wish) else "",
            option.note or _difference_note(pick, option.wished, wish),
            wish.overlay and pick in option.wished,
        )
        for pair, pick, option, wish in zip(pairs, picks, options, wishes, strict=True)
    ]


@dataclass(frozen=True)
class _Options:
    """The candidates of one pair: ``wished`` meet its wish; ``usable`` adds the rules' own."""

    board: list[RatedCandidate]
    wished: list[RatedCandidate]
    usable: list[tuple[RatedCandidate, float]]
    by: Author
    note: str


def _options(pair: Pair, rules: DjRules, wish: JoinWish) -> _Options:
    board = scoreboard(pair, rules)
    unvetoed = [rated for rated in board if rated.veto is None]
    own = [(one, one.penalty) for one in shortlist(unvetoed, _EACH)]
    if not any(one.candidate.kind == "gap" for one, _ in own):
        own.append((rate(gap_of(pair), pair, rules), _LAST_RESORT))
    if wish.by == "rules":
        return _Options(board, [one for one, _ in own], own, "rules", "")
    wished = scoreboard(pair, rules, wish.constraints)
    met = _allowed(wished, wish)
    if not met and wish.fallback:
        wished = scoreboard(pair, rules, wish.fallback)
        met = _allowed(wished, wish)
    note = "" if met else _rejection_note(wished, wish)
    chosen = [(one, one.penalty) for one in shortlist(met, _EACH)]
    # The rules' own joins are used only where the wishes of adjacent joins exclude each other.
    spare = 0.0 if not met else 2.0 * _LAST_RESORT
    fallback = [(one, penalty + spare) for one, penalty in own]
    return _Options(board, [one for one, _ in chosen], chosen + fallback, wish.by, note)


def _allowed(wished: Sequence[RatedCandidate], wish: JoinWish) -> list[RatedCandidate]:
    """The candidates a wish may have: a model obeys every veto, a person only the binding ones."""
    bound = wish.by == "llm"
    return [one for one in wished if not one.veto or not (bound or one.veto.binding)]


def _rejection_note(wished: Sequence[RatedCandidate], wish: JoinWish) -> str:
    """Why no candidate meets a wish."""
    what = _WISH_OF[wish.by]
    if not wished:
        return f"{what} does not fit into these two tracks; the rules chose instead."
    veto = wished[0].veto
    return f"{what} was not used: {veto.reason if veto else ''}; the rules chose instead."


def _has_wished_pitch(pick: RatedCandidate, wish: JoinWish) -> bool:
    return wish.constraints.pitch_semitones in (None, pick.candidate.pitch_semitones)


def _difference_note(pick: RatedCandidate, wished: Sequence[RatedCandidate], wish: JoinWish) -> str:
    """Say where a pick differs from the wish or from the rules."""
    candidate = pick.candidate
    bars = (wish.fallback or wish.constraints).bars  # a fallback has only what the person chose
    if wish.by != "rules" and pick not in wished:
        what = _WISH_OF[wish.by]
        return f"{what} leaves no room for the joins before or after; the rules chose instead."
    if wish.by == "you" and bars and candidate.kind not in MATCHED and bars != candidate.bars:
        return f"The kind “{candidate.kind}” has a fixed length; the {bars} bars were ignored."
    if candidate.kind == "gap" and pick.veto and wish.by == "rules":
        return "No join that the DJ rules allow fits here; a short gap separates the tracks."
    if not _has_wished_pitch(pick, wish):
        return "The DJ rules no longer allow this join's pitch shift."
    return ""


def _best_chain(
    pairs: Sequence[Pair], options: Sequence[list[tuple[RatedCandidate, float]]], rules: DjRules
) -> list[RatedCandidate]:
    """Viterbi over the pairs: the cheapest choice of one option each, links included."""
    if not options:
        return []
    costs = np.array([penalty for _, penalty in options[0]])
    came_from: list[npt.NDArray[np.int64]] = []
    for pair, (before, now) in zip(pairs[1:], pairwise(options), strict=True):
        total = _links(before, now, pair, rules) + costs[None, :]
        came_from.append(total.argmin(axis=1))
        costs = total.min(axis=1)
    at = int(costs.argmin())
    picks = [at]
    for back in reversed(came_from):
        at = int(back[at])
        picks.append(at)
    return [option[pick][0] for option, pick in zip(options, reversed(picks), strict=True)]


def _links(
    before: Sequence[tuple[RatedCandidate, float]],
    now: Sequence[tuple[RatedCandidate, float]],
    pair: Pair,
    rules: DjRules,
) -> npt.NDArray[np.float64]:
    """The cost of each option of ``now`` after each of ``before``: shape (n_now, n_before).

    Infinite where the outgoing track of ``pair`` has no room for both.
    """
    music_s = pair.outgoing.music_end_s - pair.outgoing.music_start_s
    exit_s = np.array([earliest_exit_s(one.candidate, pair.out_grid, rules) for one, _ in before])
    came_in = np.array([one.candidate.in_s for one, _ in before])
    out = np.array([one.candidate.out_s for one, _ in now])[:, None]
    out_end = np.array([one.candidate.out_end_s for one, _ in now])[:, None]
    pitches = [prior.candidate.pitch_semitones for prior, _ in before]
    cost = np.array(
        [
            [penalty + one.penalty_after(pair, pitch) - one.penalty for pitch in pitches]
            for one, penalty in now
        ]
    )
    cost += _TOO_LITTLE_HEARD * (out_end - came_in < (1.0 - rules.max_trim_share) * music_s)
    cost += _NOT_HEARD * (out_end - came_in < LEAST_HEARD_S)
    return np.where(out < exit_s - 1e-6, np.inf, cost)
