"""Choose joins that suit each other, the DJ rules, and requests for single joins."""

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
from ..usable import LEAST_HEARD_S
from .candidates import MATCHED, UNCONSTRAINED, Candidate, JoinConstraints, gap_of
from .figures.facts import Facts, PairFacts
from .figures.left_out import most_left_out_s
from .scoreboard import RatedCandidate, rate, scoreboard, shortlist
from .shapes.tempo_maps import earliest_exit_s
from .trials import NO_TRIALS, Trials
from .written_out import written_out

Author = Literal["rules", "llm", "you", "earlier"]

_EACH = 8  # candidates of each kind that the search over the whole set considers
_LAST_RESORT = 40.0  # penalty of a gap against the rules: still better than no mix
_NOT_HEARD = 1e4  # penalty of a track that would not play at all: worse than any refused request
_TOO_LITTLE_HEARD = 25.0
"""Leaving out more of a track than allowed, at both its ends together, costs more than a veto.
As much as a veto was too little: a track lost 9 % at one end and 8 % at the other, for echoes."""
_EACH_SECOND_LESS = 0.05
_WISH_OF: dict[Author, str] = {
    "you": "Your choice",
    "llm": "The language model's proposal",
    "earlier": "The join of the base mix",
}


@dataclass(frozen=True, slots=True)
class JoinWish:
    """A requested join and its author; ``fallback`` is tried if ``constraints`` can't be met."""

    constraints: JoinConstraints = UNCONSTRAINED
    by: Author = "rules"
    reason: str = ""
    fallback: JoinConstraints | None = None
    overlay: bool = False


NO_WISH = JoinWish()


@dataclass(frozen=True)
class Choice:
    """The chosen join of a pair, with any loop of the outgoing track written out.

    ``board`` holds the candidates without any request; ``note`` says why a request was not met;
    ``overlay`` says whether a sound over the join was requested; ``trials`` are the candidates that
    were listened to before.
    """

    pair: Pair
    rated: RatedCandidate
    board: list[RatedCandidate]
    by: Author
    wish_reason: str = ""
    note: str = ""
    overlay: bool = False
    trials: Trials = NO_TRIALS

    @property
    def candidate(self) -> Candidate:
        """The chosen candidate."""
        return self.rated.candidate

    @property
    def facts(self) -> Facts:
        """The chosen candidate's figures."""
        return self.rated.facts


def choose_joins(
    decks: Sequence[DeckTrack],
    rules: DjRules,
    join_wishes: Sequence[JoinWish] | None = None,
    trials: Sequence[Trials] | None = None,
) -> list[Choice]:
    """Choose a join for every pair, with the least penalty over the whole set.

    Joins depend on each other: a track must be back at its own tempo before it is left, and must
    play for long enough. The best chain of joins is found exactly, over a shortlist for each pair.
    Candidates that ``trials`` do not allow are left out, unless a user asks for them.
    """
    pairs = [Pair(out, into) for out, into in pairwise(decks)]
    wishes = join_wishes or [NO_WISH] * len(pairs)
    tried = trials or [NO_TRIALS] * len(pairs)
    options = [_options(*each, rules) for each in zip(pairs, wishes, tried, strict=True)]
    picks = _best_chain(pairs, [option.usable for option in options], rules)
    return [
        Choice(
            written_out(pair, pick.candidate.loop),
            pick,
            option.board,
            option.by if pick in option.wished else "rules",
            wish.reason if pick in option.wished and _has_wished_pitch(pick, wish) else "",
            option.note or _difference_note(pick, option.wished, wish),
            wish.overlay and pick in option.wished,
            each_tried,
        )
        for pair, pick, option, wish, each_tried in zip(
            pairs, picks, options, wishes, tried, strict=True
        )
    ]


@dataclass(frozen=True)
class _Options:
    """The candidates of one pair.

    ``wished`` are those that meet the pair's request; ``usable`` adds the candidates without it.
    """

    board: list[RatedCandidate]
    wished: list[RatedCandidate]
    usable: list[tuple[RatedCandidate, float]]
    by: Author
    note: str


def _options(pair: Pair, wish: JoinWish, tried: Trials, rules: DjRules) -> _Options:
    board = scoreboard(pair, rules)
    unvetoed = [rated for rated in board if not rated.veto and tried.allow(rated.candidate)]
    own = [
        (one, tried.penalty_of(one.candidate, one.penalty)) for one in shortlist(unvetoed, _EACH)
    ]
    if not any(one.candidate.kind == "gap" for one, _ in own):
        own.append((rate(gap_of(pair), PairFacts(pair), rules), _LAST_RESORT))
    if wish.by == "rules":
        return _Options(board, [one for one, _ in own], own, "rules", "")
    wished = scoreboard(pair, rules, wish.constraints)
    met = _allowed(wished, wish, tried)
    if not met and wish.fallback:
        wished = scoreboard(pair, rules, wish.fallback)
        met = _allowed(wished, wish, tried)
    note = "" if met or tried.tried else _rejection_note(wished, wish)
    chosen = _priced(met, tried)
    # Candidates against a request are used only if requests for adjacent joins exclude each other.
    spare = 0.0 if not met else 2.0 * _LAST_RESORT
    fallback = [(one, penalty + spare) for one, penalty in own]
    return _Options(board, [one for one, _ in chosen], chosen + fallback, wish.by, note)


def _priced(rated: Sequence[RatedCandidate], tried: Trials) -> list[tuple[RatedCandidate, float]]:
    """Shortlist candidates; those that were heard cost what was heard."""
    return [(one, tried.penalty_of(one.candidate, one.penalty)) for one in shortlist(rated, _EACH)]


def _allowed(
    wished: Sequence[RatedCandidate], wish: JoinWish, tried: Trials
) -> list[RatedCandidate]:
    """List the candidates that a request may use.

    A language model must obey every veto and every trial, a user only the binding vetoes.
    """
    if wish.by == "llm":
        return [one for one in wished if not one.veto and tried.allow(one.candidate)]
    return [one for one in wished if not one.veto or not one.veto.binding]


def _rejection_note(wished: Sequence[RatedCandidate], wish: JoinWish) -> str:
    """Say why no candidate meets a request."""
    what = _WISH_OF[wish.by]
    if not wished:
        return f"{what} does not fit into these two tracks; the rules chose instead."
    veto = wished[0].veto
    return f"{what} was not used: {veto.reason if veto else ''}; the rules chose instead."


def _has_wished_pitch(pick: RatedCandidate, wish: JoinWish) -> bool:
    return wish.constraints.pitch_semitones in (None, pick.candidate.pitch_semitones)


def _difference_note(pick: RatedCandidate, wished: Sequence[RatedCandidate], wish: JoinWish) -> str:
    """Say where a chosen join differs from the request or from the rules."""
    candidate = pick.candidate
    bars = (wish.fallback or wish.constraints).bars  # the fallback holds only what the user chose
    if wish.by != "rules" and wished and pick not in wished:
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
    """Find the cheapest choice of one option for each pair (Viterbi), with costs between pairs."""
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
    """Cost of each option of ``now`` after each of ``before``, shape (n_now, n_before).

    Infinite if the outgoing track of ``pair`` has no room for both joins.
    """
    exit_s = np.array([earliest_exit_s(one.candidate, pair.out_grid, rules) for one, _ in before])
    came_in = np.array([one.candidate.in_s for one, _ in before])
    out = np.array([one.candidate.own_tempo_from_s for one, _ in now])[:, None]
    out_end = np.array([one.candidate.leaves_s for one, _ in now])[:, None]
    pitches = [prior.candidate.pitch_semitones for prior, _ in before]
    after = {
        pitch: [penalty + one.penalty_after(pair, pitch) - one.penalty for one, penalty in now]
        for pitch in {*pitches}
    }
    cost = np.array([after[pitch] for pitch in pitches]).T
    allowed_s = most_left_out_s(pair.outgoing, rules.max_trim_share, pair.out_music_s)
    missing = pair.out_music_s - (out_end - came_in) - allowed_s
    cost += np.where(missing > 0.0, _TOO_LITTLE_HEARD + _EACH_SECOND_LESS * missing, 0.0)
    cost += _NOT_HEARD * (out_end - came_in < LEAST_HEARD_S)
    return np.where(out < exit_s - 1e-6, np.inf, cost)
