"""The mix as data: clips on a time axis, their joins, their chapters.

Positions are whole samples at 44.1 kHz, so that every reader of a timeline (renderer, chapters,
pictures) comes to the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..contract.dj import TransitionKind
from ..contract.stems import StemName
from ..dsp.fades import FadeCurve
from ..dsp.samples import SAMPLE_RATE, seconds
from ..errors import InvalidTimeline

Positions = npt.NDArray[np.float64]
FilterKind = Literal["low_pass", "high_pass", "low_shelf", "high_shelf", "level"]


@dataclass(frozen=True, slots=True)
class Effect:
    """A filter over a stretch of a clip; the dry sound gives way to the filtered, and comes back.

    Attributes
    ----------
    start, length : where the filter runs, in samples of the mix
    shares : ``(sample of the mix, share of the filtered sound)``, 0 to 1, straight lines between;
        the first and the last value hold to the ends of the stretch
    frequency_hz, to_frequency_hz : the cutoff or corner; with the second it moves there, evenly in
        octaves, from the first share's sample to the last one's
    gain_db : what a shelf does to its side, and a level, which has no frequency, to all
    """

    kind: FilterKind
    start: int
    length: int
    shares: tuple[tuple[int, float], ...]
    frequency_hz: float
    to_frequency_hz: float | None = None
    gain_db: float = 0.0

    @property
    def end(self) -> int:
        """The first sample of the mix after this effect."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Echo:
    """A clip's own sound stops at ``start``; the ``send`` samples before it ring on.

    They come back every ``delay`` samples, ``feedback`` times as loud each time, until the clip's
    end. All in samples of the mix.
    """

    start: int
    send: int
    delay: int
    feedback: float


@dataclass(frozen=True, slots=True)
class StemFaders:
    """A stretch of a clip in which stems are played in the track's place, each on its own fader.

    Attributes
    ----------
    start, length : where, in samples of the mix
    source : the samples ``[first, last)`` of the track that are separated for it: more than are
        heard, for separators and stretchers want some sound round them
    faders : each stem with ``(sample of the mix, gain)`` pairs, 0 to 1, straight lines between; the
        first and the last hold to the ends of the stretch. A stem that has none is silent.
    maker : the key of the separator
    """

    start: int
    length: int
    source: tuple[int, int]
    faders: tuple[tuple[StemName, tuple[tuple[int, float], ...]], ...]
    maker: str = ""

    @property
    def end(self) -> int:
        """The first sample of the mix after this stretch."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of one track, placed on the mix's time axis.

    Attributes
    ----------
    track_id, content : which track, and the SHA-256 of its normal form
    start, length : where it sounds in the mix, in samples
    source_start : where it begins in the track, in samples
    gain_db : constant gain
    fade_in, fade_out : lengths of the fades at its ends, in samples
    warp : ``(sample of the track, sample of the mix)`` pairs, ascending, straight lines between;
        the first is the clip's own start. Past the last one the track plays at its own tempo,
        sample for sample. Empty: all of it does.
    pitch_semitones : how much higher it sounds, all through
    stem_faders : where its stems are played instead; such stretches do not overlap
    role : a track of the mix, a sound laid over it, or one of the stems that it is built of
    stem, made : which stem of the track is played, and the file derived from the track's content
        that has it; empty, the track itself is played
    """

    track_id: str
    content: str
    title: str
    artist: str
    start: int
    length: int
    source_start: int = 0
    gain_db: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    curve: FadeCurve = "equal_power"
    warp: tuple[tuple[int, int], ...] = ()
    pitch_semitones: int = 0
    effects: tuple[Effect, ...] = ()
    echo: Echo | None = None
    stem_faders: tuple[StemFaders, ...] = ()
    role: Literal["track", "overlay", "stem"] = "track"
    stem: StemName | None = None
    made: str = ""

    @property
    def recording(self) -> str:
        """What is played: a content hash, or ``hash/file`` of what was made of that content."""
        return f"{self.content}/{self.made}" if self.made else self.content

    @property
    def end(self) -> int:
        """The first sample of the mix after this clip."""
        return self.start + self.length

    @property
    def stretched_end(self) -> int:
        """From here on the track is copied sample for sample."""
        return self.warp[-1][1] if self.warp else self.start

    @property
    def body_offset(self) -> int:
        """Sample of the track less sample of the mix, where the track is copied."""
        source, mix = self.warp[-1] if self.warp else (self.source_start, self.start)
        return source - mix

    @property
    def sounds_to(self) -> int:
        """Where the clip's own sound stops, and only its echo is left."""
        return self.echo.start if self.echo else self.end

    def sources_at(self, at: Positions) -> Positions:
        """Which samples of the track sound at samples of the mix; both may be fractions."""
        straight = at + self.body_offset
        if not self.warp:
            return straight
        sources, mixes = zip(*self.warp, strict=True)
        return np.where(at >= self.stretched_end, straight, np.interp(at, mixes, sources))

    def mixes_at(self, of_track: Positions) -> Positions:
        """The samples of the mix at which samples of the track sound."""
        straight = of_track - self.body_offset
        if not self.warp:
            return straight
        sources, mixes = zip(*self.warp, strict=True)
        return np.where(of_track >= sources[-1], straight, np.interp(of_track, sources, mixes))

    def mix_at(self, of_track: float) -> float:
        """The sample of the mix at which a sample of the track sounds."""
        return float(self.mixes_at(np.array([of_track]))[0])


@dataclass(frozen=True, slots=True)
class Transition:
    """A join of two clips (indices into the timeline), over ``[start, end)`` samples of the mix.

    ``asked`` is the overlap that was asked for, ``bars`` that in bars of the outgoing track where
    it was counted in bars; ``reason`` tells a user why it is as it is.
    """

    outgoing: int
    incoming: int
    kind: TransitionKind | Literal["crossfade"]
    start: int
    end: int
    asked: int
    reason: str
    bars: int = 0


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a track becomes the one to be heard, in samples of the mix."""

    start: int
    title: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything audible in a mix.

    Raises
    ------
    InvalidTimeline
        If there is no clip, a clip is empty or begins before 0, a fade is longer than its clip,
        a warp does not ascend from its clip's start, or the clips are not in the order of their
        starts.
    """

    clips: tuple[Clip, ...]
    transitions: tuple[Transition, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    def __post_init__(self) -> None:
        if not self.clips:
            raise InvalidTimeline("The mix has no tracks.", hint="Add at least one track.")
        for clip in self.clips:
            if clip.length <= 0 or clip.start < 0 or clip.source_start < 0:
                raise InvalidTimeline(f"“{clip.title}” has no place in the mix.")
            if max(clip.fade_in, clip.fade_out) > clip.length:
                raise InvalidTimeline(f"The fades of “{clip.title}” are longer than it is.")
            if clip.warp and not _runs_forward(clip):
                raise InvalidTimeline(f"The tempo map of “{clip.title}” does not run forward.")
        starts = [clip.start for clip in self.clips]
        if starts != sorted(starts):
            raise InvalidTimeline("The clips are not in the order in which they start.")

    @property
    def length(self) -> int:
        """The mix's length in samples."""
        return max(clip.end for clip in self.clips)

    @property
    def duration_s(self) -> float:
        """The mix's length in seconds."""
        return seconds(self.length)

    @property
    def sample_rate(self) -> int:
        """Samples a second; the same for every timeline."""
        return SAMPLE_RATE


def _runs_forward(clip: Clip) -> bool:
    ascends = all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(clip.warp))
    return ascends and clip.warp[0] == (clip.source_start, clip.start)
