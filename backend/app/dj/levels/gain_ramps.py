"""Ramp gains round joins, as a DJ rides the fader, where tracks differ in loudness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...dsp.samples import samples
from ..timeline import Clip, Effect, Timeline, Transition
from .short_term import REACH_S

LEFT_LU = 0.5  # a step up to this size is not heard
MAX_RAMP_DB = 2.0
"""Most by which each of the two tracks is moved: as much again as gains of whole tracks move."""

RAMP_S = 12.0  # 2 dB in 12 s are not noticed

_FINEST_DB = 0.1


def with_gain_ramps(timeline: Timeline, steps_lu: Sequence[float | None]) -> Timeline:
    """Copy a timeline of tracks with ramps that take off most of each join's step in loudness.

    Half of it is made up for by the outgoing track, which moves before the ten seconds that are
    compared, and half by the incoming one, which moves back after them. None is no step.
    """
    clips = list(timeline.clips)
    for join, step in zip(timeline.transitions, steps_lu, strict=True):
        if half_db := _half_db(step or 0.0):
            clips[join.outgoing] = _leaving(clips[join.outgoing], join, half_db)
            clips[join.incoming] = _entering(clips[join.incoming], join, -half_db)
    return replace(timeline, clips=tuple(clips))


def _half_db(step_lu: float) -> float:
    """What the outgoing track is raised by, in tenths of a decibel; less than 0 if lowered."""
    over = max(abs(step_lu) - LEFT_LU, 0.0)
    half = _FINEST_DB * round(min(over / 2.0, MAX_RAMP_DB) / _FINEST_DB)
    return half if step_lu > 0.0 else -half


def _leaving(clip: Clip, join: Transition, gain_db: float) -> Clip:
    there = max(join.start - samples(REACH_S), clip.start + 1)
    start = max(there - samples(RAMP_S), clip.start)
    shares = ((start, 0.0), (there, 1.0))
    ramp = Effect("level", start, clip.end - start, shares, 0.0, gain_db=gain_db)
    return replace(clip, effects=(*clip.effects, ramp))


def _entering(clip: Clip, join: Transition, gain_db: float) -> Clip:
    back = max(join.end, clip.start) + samples(REACH_S)
    end = back + samples(RAMP_S)
    shares = ((back, 1.0), (end, 0.0))
    length = min(end, clip.end) - clip.start
    ramp = Effect("level", clip.start, length, shares, 0.0, gain_db=gain_db)
    return replace(clip, effects=(*clip.effects, ramp))
