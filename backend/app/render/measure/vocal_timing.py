"""Measure how close a mashup's vocals are to the beat, from clips rendered separately."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace

import numpy as np

from ...analysis.rhythm.attacks import REACH_S, Times, attacks_near
from ...dj.timeline import Clip
from ...dsp.samples import SAMPLE_RATE
from ...media.normal_form import TrackReader
from ..player.clip_player import ClipPlayer
from ..player.stretched_segments import StretchedSegment

PART = 20 * SAMPLE_RATE  # analysed at once: a clip may be as long as a song
_ROUND = round(2 * REACH_S * SAMPLE_RATE)  # sound around a beat that its analysis needs


def beat_errors_ms(
    clips: Iterable[Clip],
    beats: Times,
    open_track: Callable[[str], TrackReader],
    open_stretched: Callable[[StretchedSegment], TrackReader],
) -> Times:
    """Distances in ms from the mix's beats to the attacks of clips near them.

    ``beats`` are samples of the mix. The result has a value for every beat with a clear attack
    within ``attacks.REACH_S``; beats in a held note or a rest are left out.
    """
    errors = [np.zeros(0)]
    for clip in clips:
        plain = replace(clip, fade_in=0, fade_out=0, effects=())
        with closing(ClipPlayer(plain, open_track, open_stretched)) as player:
            for start in range(clip.start, clip.sounds_to, PART):
                errors.append(_errors(player, start, min(start + PART, clip.sounds_to), beats))
    return 1000.0 / SAMPLE_RATE * np.concatenate(errors)


def _errors(player: ClipPlayer, start: int, end: int, beats: Times) -> Times:
    """The errors of the beats in ``[start, end)``."""
    first, last = max(start - _ROUND, player.clip.start), min(end + _ROUND, player.clip.sounds_to)
    here = beats[(beats >= start) & (beats < end)]
    off = np.abs(attacks_near(player.read(first, last), here - first) - (here - first))
    return np.asarray(off[np.isfinite(off)])
