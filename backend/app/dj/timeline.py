"""The mix as data: clips on a time axis, joins, chapters.

Positions are whole samples at 44.1 kHz, so that renderer, chapters and pictures agree exactly.
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
from .loop import SEAM, Loop

Positions = npt.NDArray[np.float64]
FilterKind = Literal["low_pass", "high_pass", "low_shelf", "high_shelf", "level"]


@dataclass(frozen=True, slots=True)
class Effect:
    """A filter over a stretch of a clip, crossfaded with the unfiltered sound.

    ``shares`` are pairs of a sample of the mix and the share of the filtered sound there, 0 to 1,
    with straight lines between; the first and the last value hold to the ends of the stretch.
    ``frequency_hz``, the cutoff or corner, moves to ``to_frequency_hz``, evenly in octaves, from
    the first share's sample to the last one's. ``gain_db`` is the gain of a shelf on its side, or
    of a level on everything.
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

    def share_at(self, at: Positions) -> Positions:
        """Share of the filtered sound at samples of the mix; 0 outside the effect."""
        where, shares = zip(*self.shares, strict=True)
        inside = (at >= self.start) & (at < self.end)
        return np.asarray(np.interp(at, where, shares) * inside, np.float64)


@dataclass(frozen=True, slots=True)
class Echo:
    """An echo that replaces the clip's own sound from ``start`` on.

    It repeats the ``send`` samples before ``start`` every ``delay`` samples, each time ``feedback``
    times as loud, until the clip's end. All positions are samples of the mix.
    """

    start: int
    send: int
    delay: int
    feedback: float


@dataclass(frozen=True, slots=True)
class StemFaders:
    """A stretch of a clip that plays stems instead of the whole track.

    Positions are samples of the mix. ``source`` are the samples ``[first, last)`` of the track to
    separate: more than is played, since separators and stretchers need context. ``faders`` hold
    pairs of a sample and a gain, 0 to 1, with straight lines between; the first and the last hold
    to the ends of the stretch. A stem without faders is silent. ``maker`` is the separator's key.
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

    def covers(self, at: Positions) -> npt.NDArray[np.bool_]:
        """Whether samples of the mix lie in this stretch."""
        return np.asarray((at >= self.start) & (at < self.end))

    def gain_at(self, stem: StemName, at: Positions) -> Positions:
        """Gain of a stem's fader at samples of the mix."""
        where, gains = zip(*dict(self.faders)[stem], strict=True)
        return np.asarray(np.interp(at, where, gains), np.float64)


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of one track, placed on the mix's time axis, in samples.

    ``warp`` holds pairs ``(sample of the track, sample of the mix)``, ascending, with straight
    lines between; the first is the clip's start. After the last one, and without a warp, the track
    plays at its own tempo, sample for sample. ``stem_faders`` do not overlap.

    ``loop`` lies in that last part: the track with its loop written out is what plays.

    ``role`` says whether the clip is a track of the mix, an overlay, or a stem; ``made`` is the
    stem's file, among those derived from the track's content.
    """

    track_id: str
    content_hash: str
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
    loop: Loop | None = None
    role: Literal["track", "overlay", "stem"] = "track"
    stem: StemName | None = None
    made: str = ""

    @property
    def recording(self) -> str:
        """Which recording the clip plays: a content hash, or ``hash/file`` of a derived file."""
        return f"{self.content_hash}/{self.made}" if self.made else self.content_hash

    @property
    def end(self) -> int:
        """The first sample of the mix after this clip."""
        return self.start + self.length

    @property
    def stretched_end(self) -> int:
        """Sample at which time stretching ends; after it the track is copied."""
        return self.warp[-1][1] if self.warp else self.start

    @property
    def body_offset(self) -> int:
        """Sample of the track minus sample of the mix, in the copied part, its loop written out."""
        source, mix = self.warp[-1] if self.warp else (self.source_start, self.start)
        return source - mix

    @property
    def sounds_to(self) -> int:
        """Sample at which the clip's own sound stops; after it only its echo sounds."""
        return self.echo.start if self.echo else self.end

    @property
    def source_end(self) -> int:
        """The first sample of the track that is not played, without the clip's echo."""
        end = self.sounds_to + self.body_offset
        if self.loop is None or end <= self.loop.end:
            return end
        return max(end - self.loop.added, self.loop.end)

    def written_out_at(self, at: Positions) -> Positions:
        """Map samples of the mix to samples of the track with its loop written out."""
        straight = at + self.body_offset
        if not self.warp:
            return straight
        sources, mixes = zip(*self.warp, strict=True)
        return np.where(at >= self.stretched_end, straight, np.interp(at, mixes, sources))

    def sources_at(self, at: Positions) -> Positions:
        """Map samples of the mix to samples of the track; both may be fractions."""
        written_out = self.written_out_at(at)
        return self.loop.sources_at(written_out) if self.loop else written_out

    def mixes_at(self, of_track: Positions) -> Positions:
        """Map samples of the track, with its loop written out, to samples of the mix."""
        straight = of_track - self.body_offset
        if not self.warp:
            return straight
        sources, mixes = zip(*self.warp, strict=True)
        return np.where(of_track >= sources[-1], straight, np.interp(of_track, sources, mixes))

    def mix_at(self, of_track: float) -> float:
        """Map a sample of the track to a sample of the mix."""
        return float(self.mixes_at(np.array([of_track]))[0])


@dataclass(frozen=True, slots=True)
class Transition:
    """A join of two clips, over the samples ``[start, end)`` of the mix.

    ``outgoing`` and ``incoming`` are the clips' indices. ``asked`` is the requested overlap in
    samples; ``bars`` is the overlap in bars of the outgoing track, if it was counted in bars;
    ``reason`` explains the join to a user.
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
    """The sample of the mix at which a track takes over, and its title."""

    start: int
    title: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All clips, joins and chapters of a mix.

    Raise ``InvalidTimeline`` if there is no clip, a clip is empty or begins before 0, a fade is
    longer than its clip, a warp does not ascend from its clip's start, a loop is not in its clip's
    unstretched part, or the clips are not in the order of their starts.
    """

    clips: tuple[Clip, ...]
    transitions: tuple[Transition, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    def __post_init__(self) -> None:
        if not self.clips:
            raise InvalidTimeline("The mix has no tracks.", hint="Add at least one track.")
        for clip in self.clips:
            if clip.length <= 0 or clip.start < 0 or clip.source_start < 0:
                raise InvalidTimeline(f"“{clip.title}” has no valid position in the mix.")
            if max(clip.fade_in, clip.fade_out) > clip.length:
                raise InvalidTimeline(f"The fades of “{clip.title}” are longer than it is.")
            if clip.warp and not _runs_forward(clip):
                raise InvalidTimeline(f"The tempo map of “{clip.title}” does not run forward.")
            if clip.loop and not _can_loop(clip, clip.loop):
                raise InvalidTimeline(f"The loop of “{clip.title}” is not in its unstretched part.")
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
        """Samples per second, the same for every timeline."""
        return SAMPLE_RATE


def _runs_forward(clip: Clip) -> bool:
    ascends = all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(clip.warp))
    return ascends and clip.warp[0] == (clip.source_start, clip.start)


def _can_loop(clip: Clip, loop: Loop) -> bool:
    from_source = clip.warp[-1][0] if clip.warp else clip.source_start
    whole = loop.times >= 1 and loop.length >= 2 * SEAM and loop.start >= SEAM
    stems_end = max((one.end + clip.body_offset for one in clip.stem_faders), default=0)
    return whole and loop.start >= from_source and stems_end <= loop.end - SEAM
