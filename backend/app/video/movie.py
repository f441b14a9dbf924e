"""The movie: cards, each encoded once and repeated by stream copy, held to the finished sound."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ..dj.timeline import Chapter
from ..dsp.samples import SAMPLE_RATE, seconds
from ..errors import InvalidRequest
from ..media.ffmpeg import run_ffmpeg
from ..render.mix_tags import MixTags, ffmetadata
from .cut_list import FPS, Cut, Dissolve, cut_list
from .groups import GroupMaker


@dataclass(frozen=True, slots=True)
class CardStretch:
    """A card, drawn when it is needed, and the sample of the mix at which it begins to be seen."""

    draw: Callable[[], Image.Image]
    start: int


@dataclass(frozen=True, slots=True)
class Words:
    """What the file says of itself to players: its title, its artist, and its chapters."""

    title: str
    artist: str
    chapters: Sequence[Chapter]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where and with what a movie is made.

    ``scratch`` keeps the encoded groups: a movie begun again goes on with what lies there.
    """

    ffmpeg: Path
    scratch: Path
    workers: int = 1


def render_movie(
    cards: Sequence[CardStretch],
    *,
    audio: Path,
    length: int,
    size: tuple[int, int],
    words: Words,
    out: Path,
    workshop: Workshop,
    progress: Callable[[float], None] = lambda _: None,
) -> None:
    """Write an MP4: H.264 ``yuv420p`` at 25 frames a second, the sound as it is, chapters inside.

    Parameters
    ----------
    cards : in the order of their starts; a card is seen until the next begins
    audio : an ``.m4a`` whose AAC is copied
    length : of the mix, in samples; frames are shown for as long, to half a frame
    size : width and height in pixels, both even

    Raises
    ------
    InvalidRequest
        If there is no card.
    ToolFailed
        If ffmpeg fails or takes too long.
    """
    if not cards:
        raise InvalidRequest("A video needs at least one card.")
    cuts = cut_list([card.start for card in cards], length)
    groups = _make_groups(cuts, cards, size, workshop, progress)
    listing = workshop.scratch / "cuts.ffconcat"
    listing.write_text(_listing(cuts, groups), encoding="ascii")
    told = workshop.scratch / "words.ffmetadata"
    told.write_text(_told(words, length), encoding="utf-8")
    _join(listing, told, audio, length, out, workshop)
    progress(1.0)


def _make_groups(
    cuts: Sequence[Cut],
    cards: Sequence[CardStretch],
    size: tuple[int, int],
    workshop: Workshop,
    progress: Callable[[float], None],
) -> list[Path]:
    # A 4K group takes about 6 s of CPU; the rest is patience with a busy machine.
    maker = GroupMaker(
        lambda card: cards[card].draw(), size, workshop.ffmpeg, workshop.scratch, timeout_s=300.0
    )
    groups: list[Path] = []
    pool = ThreadPoolExecutor(max(1, workshop.workers), thread_name_prefix="cards")
    try:
        for path in pool.map(maker.make, cuts):
            groups.append(path)
            progress(0.9 * len(groups) / len(cuts))
    finally:
        pool.shutdown(cancel_futures=True)
    return groups


def _listing(cuts: Sequence[Cut], groups: Sequence[Path]) -> str:
    """A script for ffmpeg's concat reader; the names in it are digests of ours."""
    lines = ["ffconcat version 1.0"]
    for cut, group in zip(cuts, groups, strict=True):
        for frames in _repeats(cut):
            # Cutting half a frame early is exact: a frame begins on its multiple of 40 ms.
            lines += [
                f"file {group.name}",
                f"duration {frames / FPS:.2f}",
                f"outpoint {(frames - 0.5) / FPS:.2f}",
            ]
    return "\n".join(lines) + "\n"


def _repeats(cut: Cut) -> list[int]:
    """How many frames of its group to show, time after time.

    Frames lean only on those before them, so the last time may stop anywhere.
    """
    if isinstance(cut, Dissolve):
        return [cut.frames]
    whole, rest = divmod(cut.frames, cut.group_frames)
    return [cut.group_frames] * whole + [rest] * (rest > 0)


def _join(
    listing: Path, told: Path, audio: Path, length: int, out: Path, workshop: Workshop
) -> None:
    duration_s = max(seconds(length), 1 / FPS)
    arguments = [
        *("-f", "concat", "-i", f"file:{listing}"),
        *("-f", "mov", "-i", f"file:{audio}"),
        *("-f", "ffmetadata", "-i", f"file:{told}"),
        *("-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "2", "-map_chapters", "2"),
        # Both streams end by themselves; the limit stands half a frame behind the later one.
        *("-c", "copy", "-t", f"{math.ceil((duration_s + 0.5 / FPS) * 1000) / 1000:.3f}"),
        # Samples and frames are both whole numbers of these ticks. Left alone, ffmpeg takes the two
        # rates' common multiple, in which a chapter past 195 s overflows and QuickTime's are lost.
        *("-movie_timescale", str(SAMPLE_RATE)),
        *("-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4", "-y", f"file:{out}"),
    ]
    run_ffmpeg(workshop.ffmpeg, arguments, timeout_s=120.0 + duration_s)


def _told(words: Words, length: int) -> str:
    """Title, artist and chapters in ffmpeg's metadata format; a chapter's title is one line."""
    chapters = tuple((chapter.start, " ".join(chapter.title.split())) for chapter in words.chapters)
    return ffmetadata(MixTags(words.title, words.artist, "", "", None, chapters, length))
