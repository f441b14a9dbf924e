"""Gains of the tracks of a mix, none raised beyond what the limiter should take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...analysis.levels.loudness import LoudnessProfile
from ..timeline import Timeline
from .track_gains import forecast, gain_for, gain_shift_db, lufs_at

MAX_LOWERED_LU = 1.0
"""Most by which a mix's loudness is lowered for its tracks: a listener hardly notices 1 LU between
two mixes, but hears one track that stays softer than the others."""

MAX_MAKE_UP_DB = 0.5
"""Most by which other tracks are raised where some stay softer than the mix: raised further, they
would stand out even more."""


def mix_target_lufs(profiles: Sequence[LoudnessProfile], target_lufs: float) -> float:
    """The loudness to aim at: lower than requested by what most tracks miss, by 1 LU at most."""
    missed = [target_lufs - lufs_at(one, gain_for(one, target_lufs)) for one in profiles]
    known = [one for one in missed if np.isfinite(one)]
    if not known:
        return target_lufs
    return target_lufs - float(np.clip(np.median(known), 0.0, MAX_LOWERED_LU))


def level_tracks(
    timeline: Timeline,
    profiles: Sequence[LoudnessProfile],
    most_db: Sequence[float],
    target_lufs: float,
) -> Timeline:
    """Give every clip the same additional gain for the target loudness, each up to its limit.

    ``most_db`` are the clips' largest gains. What they keep from some clips is not made up for by
    the others, except for half a decibel.
    """
    limited = _limited(timeline, most_db)
    shift_db = gain_shift_db(limited, profiles, target_lufs)
    moved = [clip.gain_db + shift_db for clip in limited.clips]
    if any(gain > most + 1e-6 for gain, most in zip(moved, most_db, strict=True)):
        shift_db = min(shift_db, MAX_MAKE_UP_DB)
        moved = [clip.gain_db + shift_db for clip in limited.clips]
    return _limited(with_gains(timeline, moved), most_db)


def with_gains(timeline: Timeline, gains_db: Sequence[float]) -> Timeline:
    """Copy a timeline with other gains."""
    clips = zip(timeline.clips, gains_db, strict=True)
    return replace(timeline, clips=tuple(replace(clip, gain_db=gain) for clip, gain in clips))


def format_shift_db(
    timeline: Timeline,
    profiles: Sequence[LoudnessProfile],
    target_lufs: float,
    *,
    ceiling_dbtp: float,
) -> float:
    """The gain to add for a format with another peak ceiling; the mix keeps its planned loudness.

    A mix that was planned softer than requested is as soft in every format.
    """
    planned_lufs = forecast(timeline, profiles)[0]
    target_lufs = min(target_lufs, planned_lufs) if np.isfinite(planned_lufs) else target_lufs
    return gain_shift_db(timeline, profiles, target_lufs, ceiling_dbtp=ceiling_dbtp)


def _limited(timeline: Timeline, most_db: Sequence[float]) -> Timeline:
    clips = zip(timeline.clips, most_db, strict=True)
    return with_gains(timeline, [min(clip.gain_db, most) for clip, most in clips])
