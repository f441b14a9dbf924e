"""Decide who chooses each join: the user, else the base mix, else the language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ....contract.dj import PairChoice, PairStrategy
from ....contract.mixes import ClipView, TimelineView, TransitionView
from ....dj.deck import DeckTrack
from ....dj.joins.candidates import MATCHED, JoinConstraints
from ....dj.joins.choose import NO_WISH, JoinWish
from ....dj.pair import Pair
from ....dj.proposals import Proposals
from ..job import MixtapeJob

PairIds = tuple[str, str]


@dataclass(frozen=True, slots=True)
class JoinWishes:
    """A requested join for each pair of adjacent tracks, and notes for the user."""

    wishes: list[JoinWish]
    notes: list[str]


def resolve_join_wishes(job: MixtapeJob, decks: Sequence[DeckTrack]) -> JoinWishes:
    """Take the user's choice for each join, else the base's join, else the model's proposal.

    Joins without any of these are left to the rules.
    """
    base = base_wishes(job.inputs.base)
    choices = {(one.outgoing, one.incoming): one for one in job.request.overrides}
    ids = [(out.track_id, into.track_id) for out, into in pairwise(decks)]
    wishes = [_wish(choices.get(pair), base.get(pair)) for pair in ids]
    if job.request.strategist == "rules":
        return JoinWishes(wishes, [])
    if job.strategist is None:
        note = "No language model is set up here; the rules chose the joins."
        return JoinWishes(wishes, [note])
    return _with_proposals(job, decks, wishes)


def _wish(choice: PairChoice | None, base: JoinWish | None) -> JoinWish:
    """Return the user's choice, else the base's join."""
    if choice is None:
        return base or NO_WISH
    chosen = JoinConstraints(choice.kind, choice.bars, choice.out_at_s, choice.in_at_s)
    if base is None:
        return JoinWish(chosen, "you")
    return JoinWish(_filled_from(chosen, base.constraints), "you", fallback=chosen)


def _filled_from(chosen: JoinConstraints, base: JoinConstraints) -> JoinConstraints:
    """Keep the base's values for everything that the user did not choose.

    Above all its positions, so that the rest of the mix does not move.
    """
    same_kind = chosen.kind in (None, base.kind)
    same_place = (
        same_kind
        and chosen.bars in (None, base.bars)
        and chosen.out_s in (None, base.out_s)
        and chosen.in_s in (None, base.in_s)
    )
    return JoinConstraints(
        kind=chosen.kind or base.kind,
        bars=base.bars if chosen.bars is None and same_kind else chosen.bars,
        out_s=base.out_s if chosen.out_s is None else chosen.out_s,
        in_s=base.in_s if chosen.in_s is None else chosen.in_s,
        pitch_semitones=base.pitch_semitones,
        fades=base.fades if same_place else None,
        fade_s=base.fade_s if same_place else None,
    )


def base_wishes(base: TimelineView | None) -> dict[PairIds, JoinWish]:
    """Express the base's joins as requests."""
    if base is None:
        return {}
    found = {}
    for join in base.transitions:
        out, into = base.clips[join.outgoing], base.clips[join.incoming]
        if join.kind != "crossfade":
            constraints = _constraints_of(join, out, into)
            overlaid = any(
                clip.role == "overlay" and join.start_s <= clip.start_s < join.end_s
                for clip in base.clips
            )
            pair = out.track_id, into.track_id
            found[pair] = JoinWish(constraints, "earlier", join.reason, overlay=overlaid)
    return found


def _constraints_of(join: TransitionView, out: ClipView, into: ClipView) -> JoinConstraints:
    """Ask for a join as an earlier mix has it."""
    length_s = join.end_s - join.start_s
    faded = join.kind in ("blend", "fade") and length_s > 0.0
    return JoinConstraints(
        kind=None if join.kind == "crossfade" else join.kind,
        bars=join.bars or None,
        out_s=_source_s(out.warp, join.start_s),
        # After a cut the track starts slightly before the join, after a gap later.
        in_s=_source_s(into.warp, max(join.start_s, into.start_s)),
        pitch_semitones=into.pitch_semitones,
        bass_swap=join.kind != "blend" or any(e.kind == "low_shelf" for e in into.effects),
        loops=out.loop is not None,
        fades=(out.fade_out_s / length_s, into.fade_in_s / length_s) if faded else None,
        fade_s=length_s if join.kind == "fade" else None,
    )


def _source_s(warp: Sequence[tuple[float, float]], at_s: float) -> float:
    """Position in a track at a second of the mix; beyond the tempo map, the rate is 1."""
    source_s, mix_s = min(warp, key=lambda point: abs(point[1] - at_s))
    for (from_source, from_mix), (to_source, to_mix) in pairwise(warp):
        if from_mix <= at_s <= to_mix:
            share = (at_s - from_mix) / (to_mix - from_mix)
            return from_source + share * (to_source - from_source)
    return source_s + at_s - mix_s


def _with_proposals(
    job: MixtapeJob, decks: Sequence[DeckTrack], wishes: list[JoinWish]
) -> JoinWishes:
    """Ask the language model about joins that neither the user nor the base decides."""
    assert job.strategist is not None
    undecided = [index for index, wish in enumerate(wishes) if wish == NO_WISH]
    pairs = [Pair(decks[index], decks[index + 1]) for index in undecided]
    proposals = job.strategist.propose(pairs, job.rules) if pairs else Proposals({}, {})
    for position, strategy in proposals.strategies.items():
        wishes[undecided[position]] = _proposal(strategy)
    for position, reason in proposals.reasons.items():
        wishes[undecided[position]] = JoinWish(reason=f"The rules chose this join: {reason}.")
    return JoinWishes(wishes, list(proposals.notes))


def _proposal(strategy: PairStrategy) -> JoinWish:
    unmatched = strategy.tempo == "free" and strategy.kind in MATCHED
    constraints = JoinConstraints(
        kind="fade" if unmatched else strategy.kind,
        bars=None if unmatched else strategy.bars or None,
        out_s=strategy.out_at_s,
        in_s=strategy.in_at_s,
        pitch_semitones=strategy.pitch_semitones,
        bass_swap=strategy.eq == "bass_swap",
    )
    anywhere = replace(constraints, out_s=None, in_s=None)
    return JoinWish(constraints, "llm", strategy.reason, anywhere, strategy.overlay)
