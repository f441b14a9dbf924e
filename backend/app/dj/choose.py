"""Which join for every pair: the best of each, such that they fit together over the whole set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..contract.dj import DjRules
from .candidates import ANYTHING, LEAST_HEARD_S, MATCHED, Candidate, Wish, gap_of
from .couple import Couple
from .deck import DeckTrack
from .facts import facts_of
from .judges import Case, judged
from .scoreboard import Scored, scoreboard, shortlist

Author = Literal["rules", "llm", "you", "earlier"]

SHORTEST_RETURN_BARS = 4
"""A tempo needs four bars to go home without a lurch; two in a row need room for that between."""

_EACH = 8  # candidates of each kind that the choice over the set looks at
_LAST_RESORT = 40.0  # a gap that nobody wants, still better than no mix
_NOT_HEARD = 1e4  # not to play a track at all is no mix of it, whatever was asked for
_TOO_LITTLE_HEARD = 4.0  # a track that is hardly played costs as much as the ladder's fifth step


_WHO: dict[Author, str] = {
    "you": "What you asked for",
    "llm": "What the language model proposed",
    "earlier": "The join of the mix before",
}


@dataclass(frozen=True, slots=True)
class PairWish:
    """What is wanted of a pair, and by whom; ``instead`` is tried where ``wish`` cannot be."""

    wish: Wish = ANYTHING
    by: Author = "rules"
    reason: str = ""
    instead: Wish | None = None
    overlay: bool = False


OPEN = PairWish()


@dataclass(frozen=True)
class Choice:
    """The join of a pair.

    ``board`` is what the rules alone would have chosen from; ``note`` says why a wish was not met;
    ``overlay`` that a sound was asked for over it.
    """

    couple: Couple
    scored: Scored
    board: list[Scored]
    by: Author
    wish_reason: str = ""
    note: str = ""
    overlay: bool = False


def choose_joins(
    decks: Sequence[DeckTrack], rules: DjRules, wishes: Sequence[PairWish] | None = None
) -> list[Choice]:
    """A join for every pair of neighbours, least penalty over the whole set.

    Joins depend on each other: a track must have come home to its own tempo before it is left, and
    be heard for long enough. The best chain is found exactly, over a shortlist for each pair.
    """
    couples = [Couple.of(out, into) for out, into in pairwise(decks)]
    asked = wishes or [OPEN] * len(couples)
    options = [_options(couple, rules, wish) for couple, wish in zip(couples, asked, strict=True)]
    picks = _best_chain(couples, [option.usable for option in options], rules)
    return [
        Choice(
            couple,
            pick,
            option.board,
            option.by if pick in option.wished else "rules",
            wish.reason if pick in option.wished and _as_pitched(pick, wish) else "",
            option.note or _note(pick, option, wish),
            wish.overlay and pick in option.wished,
        )
        for couple, pick, option, wish in zip(couples, picks, options, asked, strict=True)
    ]


@dataclass(frozen=True)
class _Options:
    """What one pair can choose from: ``wished`` first, the rules' own as a way out."""

    board: list[Scored]
    wished: list[Scored]
    usable: list[tuple[Scored, float]]
    by: Author
    note: str


def _options(couple: Couple, rules: DjRules, wish: PairWish) -> _Options:
    board = scoreboard(couple, rules)
    gap = _last_resort(couple, rules)
    open_list = [(one, one.penalty) for one in shortlist(_free(board), _EACH)]
    if not any(one.candidate.kind == "gap" for one, _ in open_list):
        open_list.append((gap, _LAST_RESORT))
    if wish.by == "rules":
        return _Options(board, [one for one, _ in open_list], open_list, "rules", "")
    wanted = scoreboard(couple, rules, wish.wish)
    met = _met(wanted, wish)
    if not met and wish.instead:
        wanted = scoreboard(couple, rules, wish.instead)
        met = _met(wanted, wish)
    note = "" if met else _why_not(wanted, wish)
    chosen = [(one, one.penalty) for one in shortlist(met, _EACH)]
    # The rules' own joins come in only where the wishes of neighbouring pairs exclude each other.
    spare = 0.0 if not met else 2.0 * _LAST_RESORT
    fallback = [(one, penalty + spare) for one, penalty in open_list]
    return _Options(board, [one for one, _ in chosen], chosen + fallback, wish.by, note)


def _met(wanted: list[Scored], wish: PairWish) -> list[Scored]:
    """What can be had of a wish: a model keeps to every rule, a person to the lasting ones."""
    bound = wish.by == "llm"
    return [one for one in wanted if not one.veto or not (bound or one.veto.lasting)]


def _free(board: list[Scored]) -> list[Scored]:
    return [scored for scored in board if scored.veto is None]


def _last_resort(couple: Couple, rules: DjRules) -> Scored:
    gap = gap_of(couple)
    case = Case(gap, facts_of(gap, couple), rules)
    return Scored(case, tuple(judged(case)))


def _why_not(wanted: list[Scored], wish: PairWish) -> str:
    who = _WHO[wish.by]
    if not wanted:
        return f"{who} does not fit into these two tracks; the rules chose instead."
    veto = wanted[0].veto
    return f"{who} was left aside: {veto.reason if veto else ''}; the rules chose instead."


def _as_pitched(pick: Scored, wish: PairWish) -> bool:
    return wish.wish.pitch_semitones in (None, pick.candidate.pitch_semitones)


def _note(pick: Scored, option: _Options, wish: PairWish) -> str:
    """What a person should know of a pick that is not quite what was wanted or allowed."""
    candidate, bars = pick.candidate, wish.wish.bars
    if wish.by != "rules" and pick not in option.wished:
        return "What was asked for leaves no room for the joins beside it; the rules chose instead."
    if wish.by == "you" and bars and candidate.kind not in MATCHED and bars != candidate.bars:
        return f"The {candidate.kind} has a length of its own; the {bars} bars were left aside."
    if candidate.kind == "gap" and pick.veto and wish.by == "rules":
        return "Nothing that the DJ rules allow fits here; the tracks are parted by a breath."
    if not _as_pitched(pick, wish):
        return "The DJ rules no longer allow the pitch that this join had."
    return ""


def _best_chain(
    couples: Sequence[Couple], options: Sequence[list[tuple[Scored, float]]], rules: DjRules
) -> list[Scored]:
    """Viterbi over the pairs: the cheapest choice of one option each, links included."""
    if not options:
        return []
    costs = np.array([penalty for _, penalty in options[0]])
    came_from: list[npt.NDArray[np.int64]] = []
    for couple, (before, now) in zip(couples[1:], pairwise(options), strict=True):
        total = _links(before, now, couple, rules) + costs[None, :]
        came_from.append(total.argmin(axis=1))
        costs = total.min(axis=1)
    at = int(costs.argmin())
    picks = [at]
    for back in reversed(came_from):
        at = int(back[at])
        picks.append(at)
    return [option[pick][0] for option, pick in zip(options, reversed(picks), strict=True)]


def _links(
    before: Sequence[tuple[Scored, float]],
    now: Sequence[tuple[Scored, float]],
    couple: Couple,
    rules: DjRules,
) -> npt.NDArray[np.float64]:
    """What each option of ``now`` costs after each of ``before``: shape (n_now, n_before).

    Infinite where the outgoing track of ``couple`` has no room for both.
    """
    heard = couple.outgoing.analysis
    music_s = heard.music_end_s - heard.music_start_s if heard else couple.outgoing.duration_s
    ready = np.array([ready_s(one.candidate, couple, rules) for one, _ in before])
    came_in = np.array([one.candidate.in_s for one, _ in before])
    out = np.array([one.candidate.out_s for one, _ in now])[:, None]
    out_end = np.array([one.candidate.out_end_s for one, _ in now])[:, None]
    cost = np.array(
        [
            [
                penalty + one.penalty_after(couple, prior.candidate.pitch_semitones) - one.penalty
                for prior, _ in before
            ]
            for one, penalty in now
        ]
    )
    cost += _TOO_LITTLE_HEARD * (out_end - came_in < (1.0 - rules.max_trim_share) * music_s)
    cost += _NOT_HEARD * (out_end - came_in < LEAST_HEARD_S)
    return np.where(out < ready - 1e-6, np.inf, cost)


def ready_s(before: Candidate, couple: Couple, rules: DjRules) -> float:
    """Where the track has come home to its own tempo at the earliest, in its own seconds."""
    if before.kind not in MATCHED or not rules.return_bars or couple.out_grid is None:
        return before.in_end_s
    bars = min(rules.return_bars, SHORTEST_RETURN_BARS)
    grid = couple.out_grid
    return before.in_end_s + bars * grid.beats_per_bar * 60.0 / grid.tempo_bpm
