"""Find clicks in a finished mix that cuts have caused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np

from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.media.normal_form import TrackReader
from backend.app.render.player.clip_player import ClipPlayer
from backend.app.render.player.stretched_segments import StretchedSegment

from .discontinuities import clicks

NEAR = round(0.003 * SAMPLE_RATE)
"""A click belongs to a cut if it is at most this far from it."""

_ROUND = round(0.1 * SAMPLE_RATE)


def cuts_of(clips: Sequence[Clip]) -> list[int]:
    """Where clips, their fades and their effects begin and end, in samples of the mix."""
    return sorted({at for clip in clips for at in (*_cuts(clip), *_bends(clip))})


def clicks_at_cuts(
    sound: Samples,
    clips: Sequence[Clip],
    open_track: Callable[[str], TrackReader],
    open_stretched: Callable[[StretchedSegment], TrackReader],
) -> list[float]:
    """Clicks within 3 ms of a cut, in seconds.

    A click that an uncut clip has by itself belongs to the song, such as a kick on the bar where
    another clip begins.
    """
    cuts = np.array(cuts_of(clips))
    found = []
    for at_s in clicks(sound):
        at = round(at_s * SAMPLE_RATE)
        if np.abs(cuts - at).min() < NEAR:
            uncut = [c for c in clips if c.start < at < c.end and not _is_cut(c, at)]
            if not any(_has_click(clip, at, open_track, open_stretched) for clip in uncut):
                found.append(at_s)
    return found


def _cuts(clip: Clip) -> list[int]:
    effects = [at for effect in clip.effects for at in (effect.start, effect.end)]
    return [clip.start, clip.start + clip.fade_in, clip.end - clip.fade_out, clip.end, *effects]


def _bends(clip: Clip) -> list[int]:
    """Where a level begins or stops changing within a clip."""
    return [at for effect in clip.effects if effect.kind == "level" for at, _ in effect.shares]


def _is_cut(clip: Clip, at: int) -> bool:
    return any(abs(cut - at) < NEAR for cut in _cuts(clip))


def _has_click(
    clip: Clip,
    at: int,
    open_track: Callable[[str], TrackReader],
    open_stretched: Callable[[StretchedSegment], TrackReader],
) -> bool:
    """Whether a clip alone, at a constant level, has a click at a position."""
    first, last = max(at - _ROUND, clip.start), min(at + _ROUND, clip.sounds_to)
    own = replace(clip, effects=tuple(one for one in clip.effects if one.kind != "level"))
    with closing(ClipPlayer(own, open_track, open_stretched)) as player:
        alone = player.read(first, last)
    # so that the beginning of the sound does not count as a click
    silence = np.zeros((2, _ROUND), np.float32)
    found = clicks(np.concatenate([silence, alone, silence], axis=1), ratio=1.2, floor=0.005)
    lies = at - first + _ROUND
    return any(abs(one * SAMPLE_RATE - lies) < NEAR for one in found)
