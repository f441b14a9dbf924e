"""The stretched parts of a mix's clips: which there are, and how each is made once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ..dj.stem_swap import stem_clips
from ..dj.timeline import Clip, Timeline
from ..dsp.fades import fade_in
from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ..dsp.stretch import LEAD, Point, stretch
from ..media.normal_form import NormalFormWriter, TrackReader
from ..store.aside import made_aside

Points: TypeAlias = tuple[Point, ...]

VERSION = 1
"""Raised whenever the same piece would be made of other samples: kept ones are no good then."""

PIECE_LEVEL = 0.5
"""Stretching moves phases and so raises peaks over full scale, by some 3 dB in loud music: pieces
are kept at half their level, which 24 bits bear."""

PART = 96 * SAMPLE_RATE
"""Long pieces are stretched in parts: some 2.5 MB are at work for each second of one. A blend of
64 bars at 128 BPM with its way back is no longer than one."""
SEAM = round(0.02 * SAMPLE_RATE)
"""How a part leads into the next one, and the last into the untouched track: 20 ms hold a period of
every tone from 50 Hz up, and no second attack."""

_BEYOND = SAMPLE_RATE
"""Stretched past the end and thrown away, so that `stretch` finds an attack to lay the piece on the
track's own samples by: the likeness at the seam rises from 0.1 to 0.9 and 0.75 to 1.0."""

_WRITE_BLOCK = 1 << 16
_LAST_PART = PART // 4  # what is left over past this belongs to the part before
_MIN_STEP = 256  # samples between two points: cuts are rounded to a sample, which bends the map


@dataclass(frozen=True, slots=True)
class Piece:
    """The stretched beginning of a clip, wherever in a mix it lies.

    Attributes
    ----------
    content : SHA-256 of the track's normal form
    made : what was made of the track and is stretched in its place; empty, the track itself is
    points : ``(sample of the track, sample of the piece)``, lines between; the first is ``(.., 0)``
    pitch_semitones : how much higher it sounds
    plays_on : whether the untouched track follows, into which the last samples then lead
    """

    content: str
    points: Points
    pitch_semitones: int
    plays_on: bool
    made: str = ""

    @property
    def recording(self) -> str:
        """What is stretched, named as :attr:`Clip.recording` does."""
        return f"{self.content}/{self.made}" if self.made else self.content

    @property
    def length(self) -> int:
        """Its length in samples."""
        return self.points[-1][1]

    @property
    def key(self) -> str:
        """A hash of all that shapes its sound."""
        text = repr((VERSION, self.recording, self.points, self.pitch_semitones, self.plays_on))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def file_name(self) -> str:
        """What its file is called among what was derived from the track."""
        return f"stretch-v{VERSION}-{self.key}.flac"


def piece_of(clip: Clip) -> Piece | None:
    """The clip's stretched beginning; all of the clip where its pitch is moved."""
    points = clip.warp or ((clip.source_start, clip.start),)
    if clip.pitch_semitones and clip.sounds_to > points[-1][1]:
        points = (*points, (clip.sounds_to + clip.body_offset, clip.sounds_to))
    if len(points) < 2:
        return None
    return Piece(
        content=clip.content,
        points=tuple((source, mix - clip.start) for source, mix in points),
        pitch_semitones=clip.pitch_semitones,
        plays_on=clip.sounds_to > points[-1][1],
        made=clip.made,
    )


def pieces_of(timeline: Timeline) -> tuple[Piece, ...]:
    """Every piece that a mix needs, each once, in the order in which they are heard."""
    clips = [one for clip in timeline.clips for one in (clip, *stem_clips(clip))]
    pieces = map(piece_of, clips)
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def no_pieces(piece: Piece) -> TrackReader:
    """For a player of timelines that stretch nothing."""
    raise LookupError(f"piece {piece.key} was not made before it was to be played")


def make_piece(
    piece: Piece,
    open_track: Callable[[str], TrackReader],
    path: Path,
    made: Callable[[int], None] = lambda _: None,
) -> None:
    """Stretch a piece into the file ``path``, which appears when it is whole and on the disk.

    ``made`` is told of every few samples that are done, and may raise to end it.

    Raises
    ------
    StorageFull
        If the disk is full. Nothing is left then, nor after any other exception.
    """
    with (
        open_track(piece.recording) as track,
        made_aside(path, lasting=True) as part,
        NormalFormWriter(part, bits=24) as writer,
    ):
        for sound in _stretched(piece, track):
            _write(writer, sound)
            made(sound.shape[1])


def _write(writer: NormalFormWriter, sound: Samples) -> None:
    """Block by block: the writer makes four copies of what it is given."""
    for at in range(0, sound.shape[1], _WRITE_BLOCK):
        writer.write(sound[:, at : at + _WRITE_BLOCK].T * np.float32(PIECE_LEVEL))


def _stretched(piece: Piece, track: TrackReader) -> Iterator[Samples]:
    """The piece's sound, part by part; the end of each is kept back, to lead into what follows."""
    tail = np.zeros((CHANNELS, 0), np.float32)
    for points in parts_of(piece.points):
        last = points[-1] == piece.points[-1]
        sound = _part(track, points, piece, overshoot=_BEYOND if last and piece.plays_on else 0)
        if tail.size:
            sound[:, :SEAM] = led_over(tail, sound[:, :SEAM])
        kept = max(sound.shape[1] - SEAM, 0)
        tail = sound[:, kept:].copy()
        yield sound[:, :kept]
        del sound  # before the next part comes
    end = piece.points[-1][0]
    yield led_over(tail, _padded(track, end - tail.shape[1], end)) if piece.plays_on else tail


def _part(track: TrackReader, points: Points, piece: Piece, *, overshoot: int) -> Samples:
    """One part; an overshoot is stretched at the track's own tempo and not given back."""
    (first, begin), (last, end) = points[0], points[-1]
    if overshoot:
        points = (*points, (last + overshoot, end + overshoot))
    source = _padded(track, first - LEAD, last + overshoot + LEAD)
    return stretch(source, points, pitch_semitones=piece.pitch_semitones)[:, : end - begin]


def led_over(outgoing: Samples, incoming: Samples) -> Samples:
    """Crossfade two takes of the same moment, as much alike as they happen to be.

    Straight lines would dip by 3 dB where the phases have nothing in common, equal-power curves
    would swell by 3 dB where the two are the same. The lines ``a`` and ``b`` are divided by
    ``sqrt(a**2 + b**2 + 2 * a * b * likeness)``: the level stays, whatever the likeness is.
    """
    old, new = outgoing.astype(np.float64), incoming.astype(np.float64)
    energies = float(np.square(old).sum() * np.square(new).sum())
    likeness = max(float((old * new).sum()) / np.sqrt(energies), 0.0) if energies else 1.0
    rising = fade_in(old.shape[1], "linear").astype(np.float64)
    falling = rising[::-1]
    level = np.sqrt(rising**2 + falling**2 + 2 * rising * falling * likeness)
    blend: Samples = ((old * falling + new * rising) / level).astype(np.float32)
    return blend


def parts_of(points: Points) -> Iterator[Points]:
    """Cut a map for parts of about ``PART``; each but the last goes on into the next one."""
    length = points[-1][1]
    cuts = [*range(0, max(length - _LAST_PART, 1), PART), length]
    for begin, end in pairwise(cuts):
        yield _between(points, begin, min(end + SEAM, length))


def _between(points: Points, begin: int, end: int) -> Points:
    """The part of a map from one sample of the piece to another."""
    if begin == 0 and end == points[-1][1]:
        return points
    inner = [point for point in points if begin + _MIN_STEP <= point[1] <= end - _MIN_STEP]
    return (_point_at(points, begin), *inner, _point_at(points, end))


def _point_at(points: Points, at: int) -> Point:
    sources, offsets = zip(*points, strict=True)
    return (round(float(np.interp(at, offsets, sources))), at)


def _padded(track: TrackReader, start: int, end: int) -> Samples:
    """Samples ``[start, end)`` of a track, with silence where there is no track."""
    sound = np.zeros((CHANNELS, end - start), np.float32)  # planar, as `stretch` wants it
    first, last = max(start, track.first), min(end, track.n_samples)
    if first < last:
        sound[:, first - start : last - start] = track.read(first, last - first)
    return sound
