"""What is done to the players of a part: filters that open, rise, close, levels, the last fade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..dsp.samples import SAMPLE_RATE
from .mashup_cast import ROLES, Role
from .mashup_clock import Clock
from .mashup_form import Move, Part
from .moves import PRE_ROLL
from .timeline import Clip, Effect
from .vibes import VibeTreatment

OPENS_HZ = (350.0, 9000.0)
"""From the body of the chords alone to all but their air."""

RISES_HZ = (40.0, 450.0)
"""From below everything to where a kick is a tick."""

THINNED_HZ = 180.0
"""Over this the drums are hats and snares: there is a beat, and the floor is still to come."""


STEP = round(0.03 * SAMPLE_RATE)
"""Over which a level changes at a bar: too fast to be heard as a fade, too slow to click."""


def effects_of(
    parts: Sequence[Part], starts: Sequence[int], clock: Clock, treatment: VibeTreatment
) -> dict[Role, list[Effect]]:
    """The filters of each role, over the parts in which something is done to it, and its level."""
    quiet = _quiet(parts, starts, clock, treatment)
    effects: dict[Role, list[Effect]] = {role: [*quiet] for role in ROLES}
    for part, (first, last) in zip(parts, pairwise(starts), strict=True):
        begin, end = clock.at(first) - PRE_ROLL, clock.at(last) - PRE_ROLL
        for role, move in part.moves:
            effects[role].append(_effect(move, begin, end))
    return effects


def _quiet(
    parts: Sequence[Part], starts: Sequence[int], clock: Clock, treatment: VibeTreatment
) -> list[Effect]:
    """How far everybody steps back outside the drops; a build comes forward on its way."""
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


def _effect(move: Move, begin: int, end: int) -> Effect:
    shares = ((begin, 1.0), (end, 1.0))
    length = end - begin
    match move:
        case "opening":
            return Effect("low_pass", begin, length, shares, *OPENS_HZ)
        case "closing":
            return Effect("low_pass", begin, length, shares, *reversed(OPENS_HZ))
        case "rising":
            return Effect("high_pass", begin, length, shares, *RISES_HZ)
        case "thinned":
            return Effect("high_pass", begin, length, shares, THINNED_HZ)


def faded_out(clips: Sequence[Clip], end: int, over: int) -> tuple[Clip, ...]:
    """The clips that sound at the end fall silent over the last samples."""
    begins = end - over
    return tuple(
        replace(clip, fade_out=min(clip.end - begins, clip.length))
        if clip.end > end - PRE_ROLL * 2 and clip.end > begins
        else clip
        for clip in clips
    )
