"""Automate a mashup's roles: filters, levels, the final fade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...dsp.samples import SAMPLE_RATE
from ..joins.automation import PRE_ROLL
from ..timeline import Clip, Effect, FilterKind
from .roles import ROLES, Role
from .tempo import Clock
from .vibe_arrangements import Part, RoleFilter
from .vibes import VibeTreatment

CUTOFFS_HZ: dict[RoleFilter, tuple[float, ...]] = {
    "opening": (350.0, 9000.0),
    "closing": (9000.0, 350.0),
    "rising": (40.0, 450.0),
    "thinned": (180.0,),
}
"""Cutoffs of each filter. Opening goes from the middle of the chords to all but their highest
overtones; rising goes from below everything to where a kick is only a tick; thinned leaves hi-hats
and snares without a kick."""

# a level change takes this long: not audible as a fade, and without a click
STEP = round(0.03 * SAMPLE_RATE)


def effects_of(
    parts: Sequence[Part], starts: Sequence[int], clock: Clock, treatment: VibeTreatment
) -> dict[Role, list[Effect]]:
    """List the filters and levels of each role over the parts."""
    quiet = _quiet(parts, starts, clock, treatment)
    effects: dict[Role, list[Effect]] = {role: [*quiet] for role in ROLES}
    for part, (first, last) in zip(parts, pairwise(starts), strict=True):
        begin, end = clock.at(first) - PRE_ROLL, clock.at(last) - PRE_ROLL
        for role, name in part.filters:
            effects[role].append(_filter(name, begin, end))
    return effects


def _quiet(
    parts: Sequence[Part], starts: Sequence[int], clock: Clock, treatment: VibeTreatment
) -> list[Effect]:
    """Lower the level outside the drops; a build rises back to full level."""
    if not treatment.quiet_db:
        return []
    points: list[tuple[int, float]] = []
    for part, (first, last) in zip(parts, pairwise(starts), strict=True):
        begin, end = clock.at(first), clock.at(last)
        share = 0.0 if part.label == "drop" else 1.0
        rises = part.label == "build"
        points += [(begin, share), (end - STEP, share * (not rises))]
    length = points[-1][0] + SAMPLE_RATE
    return [Effect("level", 0, length, tuple(points), 0.0, gain_db=-treatment.quiet_db)]


def _filter(name: RoleFilter, begin: int, end: int) -> Effect:
    kind: FilterKind = "low_pass" if name in ("opening", "closing") else "high_pass"
    return Effect(kind, begin, end - begin, ((begin, 1.0), (end, 1.0)), *CUTOFFS_HZ[name])


def with_final_fade(clips: Sequence[Clip], end: int, over: int) -> tuple[Clip, ...]:
    """Fade out the clips that play at the end, over the last ``over`` samples."""
    begins = end - over
    return tuple(
        replace(clip, fade_out=min(clip.end - begins, clip.length))
        if clip.end > end - PRE_ROLL * 2 and clip.end > begins
        else clip
        for clip in clips
    )
