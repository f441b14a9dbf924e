"""Plan a DJ mix: joins, gains, timeline, reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...contract.dj import DjRules, TransitionReport
from ...contract.stems import StemName
from ..deck import DeckTrack
from ..levels.gain_ramps import with_gain_ramps
from ..levels.loudness_steps import smoothed_gains_db, steps_lu
from ..levels.mix_gains import level_tracks, mix_target_lufs, with_gains
from ..levels.track_gains import forecast, gain_for, most_gain_db
from ..timeline import Timeline
from .choose import Choice, JoinWish, choose_joins
from .layout import build_timeline
from .overlays import OverlaySound, place_overlays, with_clips
from .report import report_of
from .shapes.stem_swap import with_separator, without_stem_swaps
from .trials import Trials

LEVEL_MAY_DRIFT_LU = 0.4
"""A re-render keeps the gains of its base, and so every sample outside the changed joins, while the
mix is this near to the requested loudness. The specified tolerance is 0.5 LU."""

_GAIN_ROUNDS = 2
"""Rounds in which gains are corrected for the limiter, which reduces some tracks more than others.
A third round changes the level at no join by 0.1 LU."""


@dataclass(frozen=True, slots=True)
class MixPlan:
    """A planned mix: its timeline, a report for each join, and notes for users."""

    timeline: Timeline
    reports: tuple[TransitionReport, ...]
    notes: tuple[str, ...]
    choices: tuple[Choice, ...] = ()


def plan_dj_mix(
    decks: Sequence[DeckTrack],
    rules: DjRules,
    *,
    loudness_lufs: float,
    join_wishes: Sequence[JoinWish] | None = None,
    sounds: Sequence[OverlaySound] = (),
    base: Timeline | None = None,
    separator: tuple[str, Collection[StemName]] | None = None,
    trials: Sequence[Trials] | None = None,
) -> MixPlan:
    """Plan a mix of tracks in their order, with a request for each pair.

    ``sounds`` are the overlays to choose from. The gains of ``base`` are kept if they still fit.
    ``separator`` is the separator's key and its stems; without it no stems are swapped.
    ``trials`` are joins of each pair that were rendered before.
    """
    rules = rules if separator else without_stem_swaps(rules)
    if rules.keep_whole:
        decks = [replace(deck, keep_whole=True) for deck in decks]
    choices = choose_joins(decks, rules, join_wishes, trials)
    tracks = _ramped(_levelled(decks, choices, rules, loudness_lufs, base), decks, choices)
    overlays = place_overlays(tracks, choices, sounds, rules, loudness_lufs=loudness_lufs)
    timeline = with_clips(tracks, [clip for one in overlays for clip in one.clips])
    timeline = with_separator(timeline, *separator) if separator else timeline
    overlay_reasons = {one.join: one.reason for one in overlays}
    steps = steps_lu(tracks, [deck.loudness for deck in decks])
    reports = tuple(
        report_of(index, choice, timeline, steps[index], overlay_reasons.get(index))
        for index, choice in enumerate(choices)
    )
    return MixPlan(
        timeline, reports, tuple(_note(choice) for choice in choices if choice.note), tuple(choices)
    )


def _levelled(
    decks: Sequence[DeckTrack],
    choices: Sequence[Choice],
    rules: DjRules,
    loudness_lufs: float,
    base: Timeline | None,
) -> Timeline:
    """The tracks' clips at the requested loudness.

    Overlays are added later: a few seconds at 10 LU below the mix change its loudness by less than
    0.1 LU.
    """
    profiles = [deck.loudness for deck in decks]
    target_lufs = mix_target_lufs(profiles, loudness_lufs)
    own = [gain_for(profile, target_lufs) for profile in profiles]
    timeline = build_timeline(decks, choices, rules, own)
    if base is not None:
        base_gains = {clip.track_id: clip.gain_db for clip in base.clips}
        if all(deck.track_id in base_gains for deck in decks):
            kept = with_gains(timeline, [base_gains[deck.track_id] for deck in decks])
            if abs(forecast(kept, profiles)[0] - target_lufs) <= LEVEL_MAY_DRIFT_LU:
                return kept
    most = [most_gain_db(profile) for profile in profiles]
    steps: list[float | None] = [choice.facts.loudness_step_lu for choice in choices]
    for _ in range(_GAIN_ROUNDS + 1):
        gains = smoothed_gains_db(own, _but_gaps(steps, choices))
        timeline = level_tracks(with_gains(timeline, gains), profiles, most, target_lufs)
        moved = np.diff([clip.gain_db for clip in timeline.clips]) - np.diff(own)
        steps = list(np.array(steps_lu(timeline, profiles)) - moved)
    return timeline


def _ramped(timeline: Timeline, decks: Sequence[DeckTrack], choices: Sequence[Choice]) -> Timeline:
    """The timeline with ramps where gains of whole tracks leave a step in loudness."""
    steps = steps_lu(timeline, [deck.loudness for deck in decks])
    return with_gain_ramps(timeline, _but_gaps(steps, choices))


def _but_gaps(steps: Sequence[float | None], choices: Sequence[Choice]) -> list[float | None]:
    """The steps, but None where a gap hides it."""
    pairs = zip(steps, choices, strict=True)
    return [None if choice.candidate.kind == "gap" else step for step, choice in pairs]


def _note(choice: Choice) -> str:
    pair = choice.pair
    return f"“{pair.outgoing.title}” → “{pair.incoming.title}”: {choice.note}"
