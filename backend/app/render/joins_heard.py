"""A join listened to: each of its two tracks rendered alone, as it sounds in the mix."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..analysis.attacks import attacks_near
from ..dj.timeline import Clip
from ..dsp.filters import low_pass
from ..dsp.samples import SAMPLE_RATE, Samples
from ..media.normal_form import TrackReader
from .deck import Deck, audible_part
from .pieces import Piece
from .player import VERSION as PLAYER_VERSION

Times = npt.NDArray[np.float64]

VERSION = 1
"""Raised whenever the same join would be heard otherwise: kept figures are no good then."""

BASS_HZ = 150.0
_FRAME = SAMPLE_RATE // 10
_HEARD_DB = 12.0  # a bass this far under its own usual level is covered by the other one
_ENOUGH = 3  # errors of fewer beats say nothing


@dataclass(frozen=True, slots=True)
class JoinHeard:
    """What was measured in an overlap.

    Attributes
    ----------
    beat_errors_ms : for each beat on which both tracks strike, how far apart they do
    bass_both_share : the share of the overlap in which both basses sound, in frames of 100 ms
    """

    beat_errors_ms: Times
    bass_both_share: float


@dataclass(frozen=True, slots=True)
class Listener:
    """Renders single clips by the same decks as the mix."""

    open_track: Callable[[str], TrackReader]
    open_piece: Callable[[Piece], TrackReader]

    def hear(self, clips: tuple[Clip, Clip], beats: tuple[Times, Times]) -> JoinHeard:
        """Listen to where two clips sound together; ``beats`` are theirs, in samples of the mix."""
        start, end = _shared(clips)
        struck = [
            attacks_near(self._play(_plain(clip), start, end), at - start)
            for clip, at in zip(clips, _paired(*beats), strict=True)
        ]
        errors = np.abs(struck[0] - struck[1])
        errors_ms = 1000.0 * errors[np.isfinite(errors)] / SAMPLE_RATE
        basses = [self._bass_heard(clip, start, end) for clip in clips]
        share = float((basses[0] & basses[1]).mean()) if len(basses[0]) else 0.0
        return JoinHeard(errors_ms if len(errors_ms) >= _ENOUGH else np.zeros(0), share)

    def _play(self, clip: Clip, start: int, end: int) -> Samples:
        with closing(Deck(clip, self.open_track, self.open_piece)) as deck:
            return deck.read(start, end).copy()

    def _bass_heard(self, clip: Clip, start: int, end: int) -> npt.NDArray[np.bool_]:
        """For each 100 ms, whether the clip's bass is near the level it has without the mixer."""
        heard = _frame_power(low_pass(self._play(clip, start, end), BASS_HZ))
        plain = _frame_power(low_pass(self._play(_plain(clip), start, end), BASS_HZ))
        usual = float(np.median(plain)) if len(plain) else 0.0
        loud: npt.NDArray[np.bool_] = heard > usual * 10.0 ** (-_HEARD_DB / 10.0)
        return loud


def key_of_join(clips: tuple[Clip, Clip], beats: tuple[Times, Times]) -> str:
    """A hash of all that :meth:`Listener.hear` goes by: equal keys, equal figures.

    Where in a mix the join lies is none of it.
    """
    start, end = _shared(clips)
    heard = [audible_part(_moved(clip, -start), 0, end - start) for clip in clips]
    # Thousandths of a sample: seconds of the mix are fractions that round otherwise elsewhere.
    struck = [np.rint(1000.0 * (at - start)).astype(np.int64).tolist() for at in beats]
    text = repr((VERSION, PLAYER_VERSION, end - start, heard, struck))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _shared(clips: tuple[Clip, Clip]) -> tuple[int, int]:
    """The samples of the mix in which both clips sound."""
    return max(clip.start for clip in clips), min(clip.sounds_to for clip in clips)


def _moved(clip: Clip, by: int) -> Clip:
    """The clip with all its places so many samples later."""
    return replace(
        clip,
        start=clip.start + by,
        warp=tuple((source, mix + by) for source, mix in clip.warp),
        effects=tuple(
            replace(
                one,
                start=one.start + by,
                shares=tuple((at + by, share) for at, share in one.shares),
            )
            for one in clip.effects
        ),
        echo=replace(clip.echo, start=clip.echo.start + by) if clip.echo else None,
        stem_faders=tuple(
            replace(
                one,
                start=one.start + by,
                faders=tuple(
                    (stem, tuple((at + by, gain) for at, gain in line)) for stem, line in one.faders
                ),
            )
            for one in clip.stem_faders
        ),
    )


def _plain(clip: Clip) -> Clip:
    """The clip without fades and filters: the same samples, as loud all through."""
    return replace(clip, fade_in=0, fade_out=0, effects=(), stem_faders=())


def _frame_power(sound: Samples) -> Times:
    whole = sound.shape[1] // _FRAME * _FRAME
    power: Times = (sound[:, :whole].astype(np.float64) ** 2).sum(axis=0).reshape(-1, _FRAME)
    frames: Times = power.mean(axis=1)
    return frames


def _paired(some: Times, others: Times) -> tuple[Times, Times]:
    """The beats that fall together: each of the fewer with the nearest of the more."""
    if len(some) > len(others):
        second, first = _paired(others, some)
        return first, second
    if not len(some):
        return some, others[:0]
    return some, others[np.abs(some[:, None] - others[None, :]).argmin(axis=1)]
