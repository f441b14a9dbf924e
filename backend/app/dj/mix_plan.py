"""The whole mix, planned like a DJ plans it: joins, gains, timeline, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from ..contract.dj import DjRules, TransitionReport
from ..contract.stems import StemName
from .choose import Choice, PairWish, choose_joins
from .deck import DeckTrack
from .gains import ridden_gains_db
from .join_report import report_of
from .lay_out import lay_out
from .level_steps import steps_lu
from .levels import forecast, gain_for, level_mix
from .overlays import OverlaySound, lay_overlays, with_clips
from .stem_swap import made_by, without_stem_swaps
from .timeline import Timeline

LEVEL_MAY_DRIFT_LU = 0.4
"""A mix that is changed at one join keeps its gains, and every sample elsewhere, while the whole
stays this near to the loudness asked for; half a LU is what is promised."""


_LISTENS = 2
"""How often gains are put right by what the limiter makes of them: it takes from one track more
than from another, and more the louder they are played. A third time moves no join by 0.1 LU."""


@dataclass(frozen=True, slots=True)
class MixPlan:
    """What was decided: the timeline, a report for each join, and sentences for people."""

    timeline: Timeline
    reports: tuple[TransitionReport, ...]
    notes: tuple[str, ...]


def plan_dj_mix(
    decks: Sequence[DeckTrack],
    rules: DjRules,
    *,
    loudness_lufs: float,
    wishes: Sequence[PairWish] | None = None,
    sounds: Sequence[OverlaySound] = (),
    earlier: Timeline | None = None,
    separator: tuple[str, Collection[StemName]] | None = None,
) -> MixPlan:
    """Plan a mix of tracks in their order.

    Parameters
    ----------
    wishes : for each pair of neighbours, what somebody wants of it
    sounds : what may be laid over the joins
    earlier : a mix of the same tracks, whose gains are kept where they still do
    separator : the key of who takes tracks apart for stem swaps, and the stems that it tells; None:
        there are no stem swaps
    """
    rules = rules if separator else without_stem_swaps(rules)
    choices = choose_joins(decks, rules, wishes)
    tracks = _levelled(decks, choices, rules, loudness_lufs, earlier)
    laid = lay_overlays(tracks, choices, sounds, rules, loudness_lufs=loudness_lufs)
    timeline = with_clips(tracks, [clip for one in laid for clip in one.clips])
    timeline = made_by(timeline, *separator) if separator else timeline
    told = {one.join: one.reason for one in laid}
    steps = steps_lu(tracks, [deck.loudness for deck in decks])
    reports = [
        report_of(index, choice, timeline, steps[index]).model_copy(
            update={"overlay": told.get(index)}
        )
        for index, choice in enumerate(choices)
    ]
    return MixPlan(timeline, tuple(reports), tuple(_told(c) for c in choices if c.note))


def _levelled(
    decks: Sequence[DeckTrack],
    choices: Sequence[Choice],
    rules: DjRules,
    loudness_lufs: float,
    earlier: Timeline | None,
) -> Timeline:
    """The tracks' clips at the loudness asked for.

    Overlays are laid on afterwards: some seconds of them, 10 LU under the mix, do not move its
    loudness by a tenth.
    """
    profiles = [deck.loudness for deck in decks]
    if earlier is not None:
        kept = {clip.track_id: clip.gain_db for clip in earlier.clips}
        if all(deck.track_id in kept for deck in decks):
            timeline = lay_out(decks, choices, rules, [kept[deck.track_id] for deck in decks])
            if abs(forecast(timeline, profiles)[0] - loudness_lufs) <= LEVEL_MAY_DRIFT_LU:
                return timeline
    own = [gain_for(profile, loudness_lufs) for profile in profiles]
    gains = ridden_gains_db(own, [_step(choice) for choice in choices])
    for _ in range(_LISTENS):
        timeline = level_mix(lay_out(decks, choices, rules, gains), profiles, loudness_lufs)
        heard = zip(choices, steps_lu(timeline, profiles), strict=True)
        moved = np.diff(np.array(gains) - own)
        steps = [
            None if _parted(choice) else step_lu - by
            for (choice, step_lu), by in zip(heard, moved, strict=True)
        ]
        gains = ridden_gains_db(own, steps)
    return level_mix(lay_out(decks, choices, rules, gains), profiles, loudness_lufs)


def _step(choice: Choice) -> float | None:
    return None if _parted(choice) else choice.scored.facts.loudness_step_lu


def _parted(choice: Choice) -> bool:
    return choice.scored.candidate.kind == "gap"


def _told(choice: Choice) -> str:
    couple = choice.couple
    return f"“{couple.outgoing.title}” → “{couple.incoming.title}”: {choice.note}"
