"""Clicks that cuts made: heard in a finished mix near a cut, and not brought by a song."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np

from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.media.normal_form import TrackReader
from backend.app.render.deck import Deck
from backend.app.render.pieces import Piece
from tests.journey.checks import clicks

NEAR = round(0.003 * SAMPLE_RATE)
"""So near to its cut a click lies."""

_ROUND = round(0.1 * SAMPLE_RATE)


def cuts_of(clips: Sequence[Clip]) -> list[int]:
    """Where clips, their fades and their effects begin and end, in samples of the mix."""
    return sorted({at for clip in clips for at in (*_cuts(clip), *_bends(clip))})


def clicks_at_cuts(
    sound: Samples,
    clips: Sequence[Clip],
    open_track: Callable[[str], TrackReader],
    open_piece: Callable[[Piece], TrackReader],
) -> list[float]:
    """Clicks within 3 ms of a cut, in seconds.

    What a clip that is not cut there has by itself, played alone, is the song's own: a kick on the
    bar on which another one comes in.
    """
    cuts = np.array(cuts_of(clips))
    found = []
    for at_s in clicks(sound):
        at = round(at_s * SAMPLE_RATE)
        if np.abs(cuts - at).min() < NEAR:
            going_on = [c for c in clips if c.start < at < c.end and not _is_cut(c, at)]
            if not any(_strikes(clip, at, open_track, open_piece) for clip in going_on):
                found.append(at_s)
    return found


def _cuts(clip: Clip) -> list[int]:
    effects = [at for effect in clip.effects for at in (effect.start, effect.end)]
    return [clip.start, clip.start + clip.fade_in, clip.end - clip.fade_out, clip.end, *effects]


def _bends(clip: Clip) -> list[int]:
    """Where a level begins or ends to change, in the midst of a clip."""
    return [at for effect in clip.effects if effect.kind == "level" for at, _ in effect.shares]


def _is_cut(clip: Clip, at: int) -> bool:
    return any(abs(cut - at) < NEAR for cut in _cuts(clip))


def _strikes(
    clip: Clip,
    at: int,
    open_track: Callable[[str], TrackReader],
    open_piece: Callable[[Piece], TrackReader],
) -> bool:
    """Whether a clip, alone and at one level, has what looks like a click there."""
    first, last = max(at - _ROUND, clip.start), min(at + _ROUND, clip.sounds_to)
    own = replace(clip, effects=tuple(one for one in clip.effects if one.kind != "level"))
    with closing(Deck(own, open_track, open_piece)) as deck:
        alone = deck.read(first, last)
    silence = np.zeros((2, _ROUND), np.float32)  # a stretch of sound that begins here is no click
    heard = clicks(np.concatenate([silence, alone, silence], axis=1), ratio=1.2, floor=0.005)
    lies = at - first + _ROUND
    return any(abs(one * SAMPLE_RATE - lies) < NEAR for one in heard)
