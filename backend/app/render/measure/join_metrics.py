"""Measure a join from its two tracks rendered separately: beat errors, shared bass."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...analysis.rhythm.attacks import attacks_near
from ...dj.timeline import Clip
from ...dsp.filters import low_pass
from ...dsp.samples import SAMPLE_RATE, Samples
from ...media.normal_form import TrackReader
from ..player.clip_player import ClipPlayer, sound_parts
from ..player.player import VERSION as PLAYER_VERSION
from ..player.stretched_segments import StretchedSegment

Times = npt.NDArray[np.float64]

VERSION = 4  # increase it when figures change: cached figures of other versions are measured again

BASS_HZ = 150.0
_FRAME = SAMPLE_RATE // 10
_MASKED_DB = 12.0  # a bass this far below the usual level of the louder one is masked by it
_MIN_BEATS = 3  # an error over fewer beats means nothing


@dataclass(frozen=True, slots=True)
class JoinMetrics:
    """Measurements of an overlap.

    Attributes
    ----------
    beat_errors_ms : for each beat with attacks in both tracks, how far apart these are
    bass_both_share : share of the overlap's 100 ms frames in which both basses sound
    """

    beat_errors_ms: Times
    bass_both_share: float


@dataclass(frozen=True, slots=True)
class JoinAnalyser:
    """Measures joins on single clips, played as in the mix."""

    open_track: Callable[[str], TrackReader]
    open_stretched: Callable[[StretchedSegment], TrackReader]

    def analyse(self, clips: tuple[Clip, Clip], beats: tuple[Times, Times]) -> JoinMetrics:
        """Measure the overlap of two clips; ``beats`` are theirs, in samples of the mix."""
        start, end = shared_span(clips)
        plain = [self._play(plain_clip(clip), start, end) for clip in clips]
        attacks = [
            attacks_near(sound, at - start)
            for sound, at in zip(plain, _paired(*beats), strict=True)
        ]
        errors = np.abs(attacks[0] - attacks[1])
        errors_ms = 1000.0 * errors[np.isfinite(errors)] / SAMPLE_RATE
        share = _both_basses([self._play(clip, start, end) for clip in clips], plain)
        return JoinMetrics(errors_ms if len(errors_ms) >= _MIN_BEATS else np.zeros(0), share)

    def _play(self, clip: Clip, start: int, end: int) -> Samples:
        with closing(ClipPlayer(clip, self.open_track, self.open_stretched)) as player:
            return player.read(start, end).copy()


def _both_basses(mixed: Iterable[Samples], plain: Iterable[Samples]) -> float:
    """Share of 100 ms frames in which both basses play near the usual level of the louder one.

    An intro without a bass has none, however little of its lows is filtered away.
    """
    usual = [_bass_power(sound) for sound in plain]
    if not len(usual[0]):
        return 0.0
    least = max(float(np.median(power)) for power in usual) * 10.0 ** (-_MASKED_DB / 10.0)
    one, other = (_bass_power(sound) > least for sound in mixed)
    return float((one & other).mean())


def _bass_power(sound: Samples) -> npt.NDArray[np.float64]:
    return _frame_power(low_pass(sound, BASS_HZ))


def join_hash(clips: tuple[Clip, Clip], beats: tuple[Times, Times], beats_per_bar: int = 4) -> str:
    """Hash everything on which a join's measurements depend: equal hashes, equal figures.

    The join's position in the mix does not matter, nor does a gain of both tracks.
    """
    start, end = shared_span(clips)
    louder_db = round(2.0 * (clips[1].gain_db - clips[0].gain_db)) / 2.0
    levelled = [replace(clips[0], gain_db=0.0), replace(clips[1], gain_db=louder_db)]
    sounds = [sound_parts(_moved(clip, -start), 0, end - start) for clip in levelled]
    # In thousandths of a sample, since seconds of the mix round differently at another position.
    places = [np.rint(1000.0 * (at - start)).astype(np.int64).tolist() for at in beats]
    text = repr((VERSION, PLAYER_VERSION, end - start, sounds, places, beats_per_bar))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def shared_span(clips: tuple[Clip, Clip]) -> tuple[int, int]:
    """The samples of the mix in which both clips sound."""
    return max(clip.start for clip in clips), min(clip.sounds_to for clip in clips)


def _moved(clip: Clip, by: int) -> Clip:
    """Return the clip with all positions ``by`` samples later."""

    def later(line: Iterable[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
        return tuple((at + by, value) for at, value in line)

    return replace(
        clip,
        start=clip.start + by,
        warp=tuple((source, mix + by) for source, mix in clip.warp),
        effects=tuple(
            replace(one, start=one.start + by, shares=later(one.shares)) for one in clip.effects
        ),
        echo=replace(clip.echo, start=clip.echo.start + by) if clip.echo else None,
        stem_faders=tuple(
            replace(
                one,
                start=one.start + by,
                faders=tuple((stem, later(line)) for stem, line in one.faders),
            )
            for one in clip.stem_faders
        ),
    )


def plain_clip(clip: Clip) -> Clip:
    """Copy a clip without fades and effects: the same samples at a constant level."""
    return replace(clip, fade_in=0, fade_out=0, effects=(), stem_faders=())


def _frame_power(sound: Samples) -> Times:
    whole = sound.shape[1] // _FRAME * _FRAME
    power = (sound[:, :whole].astype(np.float64) ** 2).sum(axis=0)
    return np.asarray(power.reshape(-1, _FRAME).mean(axis=1))


def _paired(some: Times, others: Times) -> tuple[Times, Times]:
    """Pair each beat of the shorter list with the nearest of the longer one."""
    if len(some) > len(others):
        second, first = _paired(others, some)
        return first, second
    if not len(some):
        return some, others[:0]
    return some, others[np.abs(some[:, None] - others[None, :]).argmin(axis=1)]
