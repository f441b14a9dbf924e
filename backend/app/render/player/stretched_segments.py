"""Time-stretched beginnings of clips: find those that a mix needs, and render each once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ...dj.joins.shapes.stem_swap import stem_clips
from ...dj.loop import Loop
from ...dj.timeline import Clip, Timeline
from ...dsp.fades import blend
from ...dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ...dsp.stretch import LEAD, Point, stretch
from ...media.normal_form import NormalFormWriter, TrackReader
from ...store.files.atomic_write import atomic_write
from .looped_track import LoopedTrack, looped

Points: TypeAlias = tuple[Point, ...]

VERSION = 1  # increase it when the same segment would get other samples: voids cached ones

STRETCHED_LEVEL = 0.5
"""Segments are stored at half level: stretching changes phases, which raises peaks by about 3 dB
over full scale in loud music. 24 bits leave enough resolution."""

PART = 96 * SAMPLE_RATE
"""Long segments are stretched in parts, because each second needs about 2.5 MB of memory. A blend
of 64 bars at 128 BPM, with its return, fits into one part."""
SEAM = round(0.02 * SAMPLE_RATE)
"""Crossfade from part to part, and from the last part to the unstretched track: 20 ms contain a
period of every tone from 50 Hz up, and no second attack."""

_BEYOND = SAMPLE_RATE
"""Sound that is stretched beyond the end and discarded, so that `stretch` finds an attack by which
to align the segment with the track's samples. It raises the correlation at the seam from 0.1 to 0.9
and from 0.75 to 1.0."""

_LAST_PART = PART // 4  # a shorter rest is added to the previous part
_MIN_STEP = 256  # samples between two points: rounding a cut to a sample bends the map


@dataclass(frozen=True, slots=True)
class StretchedSegment:
    """The stretched beginning of a clip, independent of its position in a mix.

    Attributes
    ----------
    content_hash : SHA-256 of the track's normal form
    derived : file of the derived form to stretch in the track's place; empty: the track itself
    points : ``(sample of the track, sample of the segment)``, with lines between; the first is
        ``(.., 0)``
    pitch_semitones : upward shift of pitch
    plays_on : whether the unstretched track follows, into which the last samples crossfade
    loop : a loop of the track, which ``points`` count as written out
    """

    content_hash: str
    points: Points
    pitch_semitones: int
    plays_on: bool
    derived: str = ""
    loop: Loop | None = None

    @property
    def recording(self) -> str:
        """The recording to stretch, named like :attr:`Clip.recording`."""
        return f"{self.content_hash}/{self.derived}" if self.derived else self.content_hash

    @property
    def length(self) -> int:
        """The segment's length in samples."""
        return self.points[-1][1]

    @property
    def key(self) -> str:
        """A hash of everything that affects the segment's sound."""
        parts = (VERSION, self.recording, self.points, self.pitch_semitones, self.plays_on)
        text = repr((*parts, self.loop) if self.loop else parts)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def file_name(self) -> str:
        """Name of the segment's file among the track's derived files."""
        return f"stretch-v{VERSION}-{self.key}.flac"


def stretched_segment_of(clip: Clip) -> StretchedSegment | None:
    """The clip's stretched beginning, or None.

    If the clip's pitch is shifted, the whole clip is stretched.
    """
    points = clip.warp or ((clip.source_start, clip.start),)
    if clip.pitch_semitones and clip.sounds_to > points[-1][1]:
        points = (*points, (clip.sounds_to + clip.body_offset, clip.sounds_to))
    if len(points) < 2:
        return None
    return StretchedSegment(
        content_hash=clip.content_hash,
        points=tuple((source, mix - clip.start) for source, mix in points),
        pitch_semitones=clip.pitch_semitones,
        plays_on=clip.sounds_to > points[-1][1],
        derived=clip.made,
        loop=clip.loop if clip.pitch_semitones else None,
    )


def stretched_segments_of(timeline: Timeline) -> tuple[StretchedSegment, ...]:
    """Every segment that a mix needs, each once, in playing order."""
    clips = [one for clip in timeline.clips for one in (clip, *stem_clips(clip))]
    return tuple(dict.fromkeys(filter(None, map(stretched_segment_of, clips))))


def no_stretched_segments(segment: StretchedSegment) -> TrackReader:
    """Opener for timelines without stretched segments: raise LookupError."""
    raise LookupError(f"stretched segment {segment.key} was not rendered before playing")


def stretch_segment(
    segment: StretchedSegment,
    open_track: Callable[[str], TrackReader],
    path: Path,
    count: Callable[[int], None] = lambda _: None,
) -> None:
    """Render a segment into the file ``path``, which appears when complete and on disk.

    ``count`` is called with the samples just rendered; it may raise to stop.

    Raises
    ------
    StorageFull
        If the disk is full. No file is left then, nor after any other exception.
    """
    with (
        open_track(segment.recording) as track,
        atomic_write(path, durable=True) as part,
        NormalFormWriter(part, bits=24, level=STRETCHED_LEVEL) as writer,
    ):
        for sound in _stretched(segment, looped(track, segment.loop)):
            writer.push(sound)
            count(sound.shape[1])


def _stretched(segment: StretchedSegment, track: TrackReader | LoopedTrack) -> Iterator[Samples]:
    """Yield the segment part by part; each part's end is held back for the crossfade."""
    tail = np.zeros((CHANNELS, 0), np.float32)
    for points in parts_of(segment.points):
        last = points[-1] == segment.points[-1]
        sound = _part(track, points, segment, overshoot=_BEYOND if last and segment.plays_on else 0)
        if tail.size:
            sound[:, :SEAM] = blend(tail, sound[:, :SEAM])
        tail_from = max(sound.shape[1] - SEAM, 0)
        tail = sound[:, tail_from:].copy()
        yield sound[:, :tail_from]
        del sound  # frees memory for the next part
    end = segment.points[-1][0]
    yield blend(tail, _padded(track, end - tail.shape[1], end)) if segment.plays_on else tail


def _part(
    track: TrackReader | LoopedTrack, points: Points, segment: StretchedSegment, *, overshoot: int
) -> Samples:
    """Stretch one part; the sound beyond it is stretched at the track's tempo and dropped."""
    (first, begin), (last, end) = points[0], points[-1]
    if overshoot:
        points = (*points, (last + overshoot, end + overshoot))
    source = _padded(track, first - LEAD, last + overshoot + LEAD)
    return stretch(source, points, pitch_semitones=segment.pitch_semitones)[:, : end - begin]


def parts_of(points: Points) -> Iterator[Points]:
    """Cut a map into parts of about ``PART``; each overlaps the next by ``SEAM``."""
    length = points[-1][1]
    cuts = [*range(0, max(length - _LAST_PART, 1), PART), length]
    for begin, end in pairwise(cuts):
        yield _between(points, begin, min(end + SEAM, length))


def _between(points: Points, begin: int, end: int) -> Points:
    """The part of a map between two samples of the segment."""
    if begin == 0 and end == points[-1][1]:
        return points
    inner = [point for point in points if begin + _MIN_STEP <= point[1] <= end - _MIN_STEP]
    return (_point_at(points, begin), *inner, _point_at(points, end))


def _point_at(points: Points, at: int) -> Point:
    sources, offsets = zip(*points, strict=True)
    return (round(float(np.interp(at, offsets, sources))), at)


def _padded(track: TrackReader | LoopedTrack, start: int, end: int) -> Samples:
    """Samples ``[start, end)`` of a track, with silence beyond its ends."""
    # one array per channel, as `stretch` needs
    sound = np.zeros((CHANNELS, end - start), np.float32)
    first, last = max(start, track.first), min(end, track.n_samples)
    if first < last:
        sound[:, first - start : last - start] = track.read(first, last - first)
    return sound
