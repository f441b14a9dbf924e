"""Measure dips and bumps of loudness inside a join, on its two clips alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from ...dj.levels.short_term import ASIDE_S, REACH_S, WINDOW_S, ShortTerm
from ...dj.timeline import Clip
from ...dsp.loudness import LoudnessMeter
from ...dsp.samples import CHANNELS, Samples, samples, seconds
from ...media.normal_form import TrackReader
from ..player.clip_player import ClipPlayer
from ..player.stretched_segments import StretchedSegment

_HOPS_PER_S = 10


@dataclass(frozen=True, slots=True)
class JoinLevels:
    """Short-term loudness inside a join, compared with the ten seconds on either side.

    ``dip_lu`` is how far it falls below the quieter side, ``bump_lu`` how far it rises above the
    louder one; negative if it does not.
    """

    dip_lu: float
    bump_lu: float


def measure_join_levels(
    clips: tuple[Clip, Clip],
    span: tuple[int, int],
    open_track: Callable[[str], TrackReader],
    open_stretched: Callable[[StretchedSegment], TrackReader],
) -> JoinLevels:
    """Play both clips together round ``span``, in samples of the mix, and compare levels."""
    begin = max(span[0] - samples(REACH_S), min(clip.start for clip in clips))
    end = min(span[1] + samples(REACH_S), max(clip.end for clip in clips))
    mixed = np.zeros((CHANNELS, end - begin), np.float32)
    for clip in clips:
        first, last = max(begin, clip.start), min(end, clip.end)
        if first < last:
            with closing(ClipPlayer(clip, open_track, open_stretched)) as player:
                mixed[:, first - begin : last - begin] += player.read(first, last)
    return _levels(mixed, seconds(span[0] - begin), seconds(span[1] - begin))


def _levels(mixed: Samples, start_s: float, end_s: float) -> JoinLevels:
    meter = LoudnessMeter()
    meter.push(mixed)
    levels = ShortTerm.of(meter.energies)
    sides = levels.before(start_s), levels.after(end_s)
    first = max(round((start_s - ASIDE_S - WINDOW_S / 2) * _HOPS_PER_S), 0)
    last = round((end_s + ASIDE_S - WINDOW_S / 2) * _HOPS_PER_S)
    inside = levels.relative_lu[first : max(last, first + 1)]
    if not len(inside):
        return JoinLevels(0.0, 0.0)
    return JoinLevels(min(sides) - float(inside.min()), float(inside.max()) - max(sides))
