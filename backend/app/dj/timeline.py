"""The mix as data: clips on a time axis, their joins, their chapters.

Positions are whole samples at 44.1 kHz, so that every reader of a timeline (renderer, chapters,
pictures) comes to the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..dsp.fades import FadeCurve
from ..dsp.samples import SAMPLE_RATE, seconds
from ..errors import InvalidTimeline


@dataclass(frozen=True, slots=True)
class LowPass:
    """A low-pass that closes over a stretch of a clip: the dry signal gives way to the filtered.

    ``start`` and ``length`` are samples of the mix.
    """

    cutoff_hz: float
    start: int
    length: int


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
    low_pass: LowPass | None = None

    @property
    def end(self) -> int:
        """The first sample of the mix after this clip."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Transition:
    """A join of two clips (indices into the timeline), over ``[start, end)`` samples of the mix.

    ``asked`` is the overlap that was asked for; ``reason`` tells a user why it is as it is.
    """

    outgoing: int
    incoming: int
    kind: Literal["crossfade", "cut"]
    start: int
    end: int
    asked: int
    reason: str


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
        or the clips are not in the order of their starts.
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
