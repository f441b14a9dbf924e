"""A mashup's voice listened to: each of its clips rendered alone, as it sounds in the mix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np

from ..analysis.attacks import REACH_S, Times, attacks_near
from ..dj.timeline import Clip
from ..dsp.samples import SAMPLE_RATE
from ..media.normal_form import TrackReader
from .deck import Deck
from .pieces import Piece

PART = 20 * SAMPLE_RATE  # heard at a time: a clip may be as long as a song
_ROUND = round(2 * REACH_S * SAMPLE_RATE)  # of what lies round a beat, heard with it


def beat_errors_ms(
    clips: Iterable[Clip],
    beats: Times,
    open_track: Callable[[str], TrackReader],
    open_piece: Callable[[Piece], TrackReader],
) -> Times:
    """How far the attacks of clips lie from the beats of the mix, on which they strike.

    Parameters
    ----------
    beats : the beats of the mix, in samples of it

    Returns
    -------
    An error in ms, not negative, for every beat on which a clip strikes clearly within
    ``attacks.REACH_S``; beats over which it holds a note or rests say nothing.
    """
    errors = [np.zeros(0)]
    for clip in clips:
        plain = replace(clip, fade_in=0, fade_out=0, effects=())
        with closing(Deck(plain, open_track, open_piece)) as deck:
            errors += [_errors(deck, start, end, beats) for start, end in _parts(clip)]
    return 1000.0 / SAMPLE_RATE * np.concatenate(errors)


def _parts(clip: Clip) -> Iterator[tuple[int, int]]:
    for start in range(clip.start, clip.sounds_to, PART):
        yield start, min(start + PART, clip.sounds_to)


def _errors(deck: Deck, start: int, end: int, beats: Times) -> Times:
    """Of the beats in ``[start, end)``; those too near to the clip's ends to be told are not."""
    first, last = max(start - _ROUND, deck.clip.start), min(end + _ROUND, deck.clip.sounds_to)
    here = beats[(beats >= start) & (beats < end)]
    off = np.abs(attacks_near(deck.read(first, last), here - first) - (here - first))
    heard: Times = off[np.isfinite(off)]
    return heard
