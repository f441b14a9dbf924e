"""What is wanted of each join: by a person, by a mix made before, by a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..contract.dj import PairChoice, PairStrategy
from ..contract.mixes import ClipView, TimelineView, TransitionView
from ..dj.candidates import MATCHED, Wish
from ..dj.choose import OPEN, PairWish
from ..dj.deck import DeckTrack
from ..dj.strategy import Pair, Proposals
from .mixtape_inputs import MixtapeJob

PairIds = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish for each pair of neighbours, and sentences for people."""

    wishes: list[PairWish]
    notes: list[str]


def wanted(job: MixtapeJob, decks: Sequence[DeckTrack]) -> Wanted:
    """A person's choice comes first, then the mix that this one is based on, then a model's."""
    earlier = _earlier(job.inputs.earlier)
    choices = {(one.outgoing, one.incoming): one for one in job.request.overrides}
    ids = [(out.track_id, into.track_id) for out, into in pairwise(decks)]
    wishes = [_settled(pair, choices, earlier) for pair in ids]
    if job.request.strategist == "rules":
        return Wanted(wishes, [])
    if job.strategist is None:
        return Wanted(wishes, ["No language model is set up here; the rules chose the joins."])
    return _with_proposals(job, decks, wishes)


def _settled(
    pair: PairIds, choices: Mapping[PairIds, PairChoice], earlier: Mapping[PairIds, PairWish]
) -> PairWish:
    before = earlier.get(pair)
    choice = choices.get(pair)
    if choice is None:
        return before or OPEN
    wish = Wish(choice.kind, choice.bars, choice.out_at_s, choice.in_at_s)
    if before is None:
        return PairWish(wish, "you")
    return PairWish(_in_place(wish, before.wish), "you", instead=wish)


def _in_place(wish: Wish, before: Wish) -> Wish:
    """What was not chosen stays as it was: above all the places, so that the rest of the mix does
    not move."""
    same_kind = wish.kind in (None, before.kind)
    return Wish(
        kind=wish.kind or before.kind,
        bars=before.bars if wish.bars is None and same_kind else wish.bars,
        out_s=before.out_s if wish.out_s is None else wish.out_s,
        in_s=before.in_s if wish.in_s is None else wish.in_s,
        pitch_semitones=before.pitch_semitones,
    )


def _earlier(view: TimelineView | None) -> dict[PairIds, PairWish]:
    """The joins of a mix made before, as wishes."""
    if view is None:
        return {}
    found = {}
    for join in view.transitions:
        out, into = view.clips[join.outgoing], view.clips[join.incoming]
        if join.kind != "crossfade":
            wish = Wish(
                kind=join.kind,
                bars=join.bars or None,
                out_s=_source_s(out.warp, join.start_s),
                # a cut comes in a little before the join, what follows a gap after it
                in_s=_source_s(into.warp, max(join.start_s, into.start_s)),
                pitch_semitones=into.pitch_semitones,
                bass_swap=join.kind != "blend" or any(e.kind == "low_shelf" for e in into.effects),
            )
            laid = any(_laid_over(clip, join) for clip in view.clips)
            pair = out.track_id, into.track_id
            found[pair] = PairWish(wish, "earlier", join.reason, overlay=laid)
    return found


def _laid_over(clip: ClipView, join: TransitionView) -> bool:
    return clip.role == "overlay" and join.start_s <= clip.start_s < join.end_s


def _source_s(warp: Sequence[tuple[float, float]], at_s: float) -> float:
    """Where in a track one is at a second of the mix; straight on past the map's ends."""
    source_s, mix_s = min(warp, key=lambda point: abs(point[1] - at_s))
    for (from_source, from_mix), (to_source, to_mix) in pairwise(warp):
        if from_mix <= at_s <= to_mix:
            share = (at_s - from_mix) / (to_mix - from_mix)
            return from_source + share * (to_source - from_source)
    return source_s + at_s - mix_s


def _with_proposals(job: MixtapeJob, decks: Sequence[DeckTrack], wishes: list[PairWish]) -> Wanted:
    """Ask the language model about the joins that nobody has settled."""
    assert job.strategist is not None
    open_at = [index for index, wish in enumerate(wishes) if wish == OPEN]
    pairs = [Pair(decks[index], decks[index + 1]) for index in open_at]
    proposed = job.strategist.propose(pairs, job.rules) if pairs else Proposals({}, {})
    for asked, strategy in proposed.strategies.items():
        wishes[open_at[asked]] = _proposed(strategy)
    for asked, reason in proposed.reasons.items():
        wishes[open_at[asked]] = PairWish(reason=f"The rules chose this join: {reason}.")
    return Wanted(wishes, list(proposed.notes))


def _proposed(strategy: PairStrategy) -> PairWish:
    unmatched = strategy.tempo == "free" and strategy.kind in MATCHED
    wish = Wish(
        kind="fade" if unmatched else strategy.kind,
        bars=None if unmatched else strategy.bars or None,
        out_s=strategy.out_at_s,
        in_s=strategy.in_at_s,
        pitch_semitones=strategy.pitch_semitones,
        bass_swap=strategy.eq == "bass_swap",
    )
    anywhere = replace(wish, out_s=None, in_s=None)
    return PairWish(wish, "llm", strategy.reason, anywhere, strategy.overlay)
