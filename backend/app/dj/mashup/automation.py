"""Automate a mashup's roles: filters, gaps before drops, the final fade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...dsp.samples import SAMPLE_RATE
from ..joins.shapes.automation import PRE_ROLL
from ..timeline import Clip, Effect, FilterKind
from .roles import ROLES, Role
from .tempo import Clock
from .vibe_arrangements import Part, RoleFilter

CUTOFFS_HZ: dict[RoleFilter, tuple[float, ...]] = {
    "opening": (350.0, 9000.0),
    "closing": (9000.0, 350.0),
    "rising": (40.0, 450.0),
    "thinned": (180.0,),
    "muffled": (2000.0,),
}
"""Cutoffs of each filter. Opening goes from the middle of the chords to all but their highest
overtones; rising goes from below everything to where a kick is only a tick; thinned leaves hi-hats
and snares without a kick; muffled leaves a chord's
fundamentals and first overtones."""

LOW_PASSES: tuple[RoleFilter, ...] = ("opening", "closing", "muffled")

GAP_DB = -60.0  # inaudible under chords and a reverb

# a level change takes this long: not audible as a fade, and without a click
STEP = round(0.03 * SAMPLE_RATE)


def effects_of(
    parts: Sequence[Part], starts: Sequence[int], clock: Clock
) -> dict[Role, list[Effect]]:
    """List the filters and gaps of each role over the parts."""
    effects: dict[Role, list[Effect]] = {role: [] for role in ROLES}
    for part, (first, last) in zip(parts, pairwise(starts), strict=True):
        begin, end = clock.at(first) - PRE_ROLL, clock.at(last) - PRE_ROLL
        for role, name in part.filters:
            effects[role].append(_filter(name, begin, end))
        if part.gap_beats:
            effects["drums"].append(_gap(end, part.gap_beats * clock.beat))
    return effects


def _gap(end: int, length: float) -> Effect:
    """Mute the drums before a drop.

    The chords go on: in silence, the vibe's compressor would open, and the drop's first kick pass
    as a peak that keeps the whole mashup soft.
    """
    start = end - round(length)
    shares = ((start, 0.0), (start + STEP, 1.0), (end - 1, 1.0), (end, 0.0))
    return Effect("level", start, end - start, shares, 0.0, gain_db=GAP_DB)


def _filter(name: RoleFilter, begin: int, end: int) -> Effect:
    kind: FilterKind = "low_pass" if name in LOW_PASSES else "high_pass"
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
