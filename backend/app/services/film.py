"""The film of a finished sound, one card for each track, and the picture that stands for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from ..contract.jobs import VideoOptions
from ..dj.timeline import Clip, Timeline
from ..media.ffmpeg import run_ffmpeg
from ..store.blobs import ContentStore
from ..video.backdrop import Backdrop, backdrop, frame_size
from ..video.cards import Card, draw_card
from ..video.movie import CardStretch, Words, Workshop, render_movie
from ..video.thumbnail import MAX_BYTES, SIZE, draw_thumbnail, jpeg_bytes

# The best that can be had of a mix first: it is packed once more on its way into the film.
AUDIO_SUFFIXES = (".wav", ".flac", ".m4a", ".mp3", ".opus")
_DEMUXERS = {".wav": "wav", ".flac": "flac", ".m4a": "mov", ".mp3": "mp3", ".opus": "ogg"}
# YouTube Help, "Recommended upload encoding settings": 384 kbit/s for stereo sound
_AAC_KBPS = 384
# The share of the time that packing the sound takes; the rest goes into pictures.
_PACKING_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class WantedFilm:
    """What the film is of: a finished sound, how it was laid out, and what to call it.

    ``picture`` lies behind the words; without one, colours that follow from the title do.
    """

    audio: Path
    timeline: Timeline
    title: str
    artist: str
    picture: Path | None
    height: int = VideoOptions().height


def write_film(
    wanted: WantedFilm,
    content: ContentStore,
    workshop: Workshop,
    out: Path,
    progress: Callable[[float], None],
) -> None:
    """Write the film as an MP4: a card for each track, or one for what has no tracks.

    Raises
    ------
    ToolFailed
        If ffmpeg fails or takes too long.
    """
    timeline, size = wanted.timeline, frame_size(wanted.height)
    done_by_then = 0.0 if wanted.audio.suffix == ".m4a" else _PACKING_SHARE
    sound = _sound(wanted.audio, timeline, workshop)
    progress(done_by_then)
    render_movie(
        _cards(wanted, content, backdrop(wanted.picture, seed=wanted.title, size=size)),
        audio=sound,
        length=timeline.length,
        size=size,
        words=Words(wanted.title, wanted.artist, timeline.chapters),
        out=out,
        workshop=workshop,
        progress=lambda done: progress(done_by_then + (1.0 - done_by_then) * done),
    )


def write_thumbnail(wanted: WantedFilm, out: Path, max_bytes: int = MAX_BYTES) -> None:
    """Draw the picture that stands for the film, as a JPEG of at most ``max_bytes``."""
    behind = backdrop(wanted.picture, seed=wanted.title, size=SIZE)
    clips = wanted.timeline.clips
    stacked = {clip.track_id for clip in clips if clip.role == "stem"}
    picture = draw_thumbnail(
        behind,
        mix_title=wanted.title,
        n_tracks=len(stacked) or sum(clip.role == "track" for clip in clips),
        duration_s=wanted.timeline.duration_s,
    )
    out.write_bytes(jpeg_bytes(picture, max_bytes))


def _sound(audio: Path, timeline: Timeline, workshop: Workshop) -> Path:
    """The sound as AAC: as it is where it is that already."""
    if audio.suffix == ".m4a":
        return audio
    packed = workshop.scratch / "sound.m4a"
    part = workshop.scratch / "sound.part"
    if not packed.exists():
        arguments = [
            *("-f", _DEMUXERS[audio.suffix], "-i", f"file:{audio}", "-map", "0:a:0"),
            *("-c:a", "aac", "-aac_coder", "fast", "-b:a", f"{_AAC_KBPS}k"),
            *("-map_metadata", "-1", "-fflags", "+bitexact", "-f", "ipod", "-y", f"file:{part}"),
        ]
        run_ffmpeg(workshop.ffmpeg, arguments, timeout_s=120.0 + timeline.duration_s)
        part.replace(packed)
    return packed


def _cards(wanted: WantedFilm, content: ContentStore, behind: Backdrop) -> list[CardStretch]:
    """A card for each chapter, which is a track's; one for all where songs are stacked."""
    timeline = wanted.timeline
    tracks = [clip for clip in timeline.clips if clip.role == "track"]
    if not tracks or len(tracks) != len(timeline.chapters):
        card = Card(1, 1, wanted.title, wanted.artist, "", (0.0, 1.0))
        return [CardStretch(partial(draw_card, behind, card), 0)]
    edges = [chapter.start for chapter in timeline.chapters] + [timeline.length]
    return [
        CardStretch(
            partial(
                draw_card,
                behind,
                Card(
                    number=number,
                    total=len(tracks),
                    title=track.title,
                    artist=track.artist,
                    mix_title=wanted.title,
                    stretch=(start / timeline.length, end / timeline.length),
                    cover=_cover(track, content),
                ),
            ),
            start,
        )
        for number, (track, (start, end)) in enumerate(
            zip(tracks, pairwise(edges), strict=True), start=1
        )
    ]


def _cover(track: Clip, content: ContentStore) -> Path | None:
    path = content.cover_path(track.content)
    return path if path.exists() else None
