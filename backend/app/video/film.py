"""Render a mix's film: encode each card once, repeat it by stream copy, add the sound."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from ..dsp.samples import SAMPLE_RATE, seconds
from ..errors import InvalidRequest
from ..media.ffmpeg.ffmpeg import run_ffmpeg
from ..render.files.tags import MixTags, ffmetadata
from .cut_list import FPS, Cut, cut_list
from .encode_h264 import CardPictures, GroupEncoder


@dataclass(frozen=True, slots=True)
class TimedCard:
    """A card, drawn when needed, and the sample of the mix at which it appears."""

    draw: Callable[[], Image.Image]
    start: int


@dataclass(frozen=True, slots=True)
class FilmTools:
    """ffmpeg, a scratch folder and the number of threads for rendering a film.

    ``scratch`` keeps the encoded picture groups, so that an interrupted film continues from there.
    """

    ffmpeg: Path
    scratch: Path
    workers: int = 1


def render_film(
    cards: Sequence[TimedCard],
    *,
    audio: Path,
    tags: MixTags,
    size: tuple[int, int],
    out: Path,
    tools: FilmTools,
    progress: Callable[[float], None] = lambda _: None,
) -> list[Path]:
    """Write an MP4 with chapters: H.264 at 25 frames a second, and the AAC of ``audio``.

    Pixels are ``yuv420p``. Cards are in the order of their starts; each stays until the next
    begins. The video is as long as the mix (``tags.length``), to half a frame. ``size`` is in
    pixels, both even. Returns the picture groups. Raise ``InvalidRequest`` without cards,
    ``ToolFailed`` if ffmpeg fails or takes too long.
    """
    if not cards:
        raise InvalidRequest("A video needs at least one card.")
    cuts = cuts_of(cards, tags.length)
    groups = _make_groups(cuts, cards, size, tools, progress)
    listing = tools.scratch / "cuts.ffconcat"
    listing.write_text(_listing(cuts, groups), encoding="ascii")
    chapters = tuple((start, " ".join(title.split())) for start, title in tags.chapters)
    metadata = tools.scratch / "film.ffmetadata"
    metadata.write_text(ffmetadata(replace(tags, chapters=chapters)), encoding="utf-8")
    _join(listing, metadata, audio, tags.length, out, tools)
    progress(1.0)
    return groups


def cuts_of(cards: Sequence[TimedCard], length: int) -> list[Cut]:
    """List the film's cuts, for a mix of ``length`` samples."""
    return cut_list([card.start for card in cards], length)


def group_encoder(
    cards: Sequence[TimedCard], size: tuple[int, int], tools: FilmTools
) -> GroupEncoder:
    """Return the encoder of the film's groups, for as many threads as ``tools`` says."""
    pictures = CardPictures([card.draw for card in cards], kept=max(1, tools.workers) + 1)
    return GroupEncoder(pictures, size, tools.ffmpeg, tools.scratch)


def _make_groups(
    cuts: Sequence[Cut],
    cards: Sequence[TimedCard],
    size: tuple[int, int],
    tools: FilmTools,
    progress: Callable[[float], None],
) -> list[Path]:
    workers = max(1, tools.workers)
    encoder = group_encoder(cards, size, tools)
    groups: list[Path] = []
    pool = ThreadPoolExecutor(workers, thread_name_prefix="cards")
    try:
        for path in pool.map(encoder.encode, cuts):
            groups.append(path)
            progress(0.9 * len(groups) / len(cuts))
    finally:
        pool.shutdown(cancel_futures=True)
    return groups


def _listing(cuts: Sequence[Cut], groups: Sequence[Path]) -> str:
    """Write a script for ffmpeg's concat demuxer; its file names are hashes."""
    lines = ["ffconcat version 1.0"]
    for cut, group in zip(cuts, groups, strict=True):
        whole, rest = divmod(cut.frames, cut.group_frames)
        # A frame depends only on earlier ones, so the last repeat may stop anywhere.
        for frames in [cut.group_frames] * whole + [rest] * (rest > 0):
            # Stopping half a frame early is exact, because frames begin on multiples of 40 ms.
            lines += [
                f"file {group.name}",
                f"duration {frames / FPS:.2f}",
                f"outpoint {(frames - 0.5) / FPS:.2f}",
            ]
    return "\n".join(lines) + "\n"


def _join(
    listing: Path, metadata: Path, audio: Path, length: int, out: Path, tools: FilmTools
) -> None:
    duration_s = max(seconds(length), 1 / FPS)
    arguments = [
        *("-f", "concat", "-i", f"file:{listing}"),
        *("-f", "mov", "-i", f"file:{audio}"),
        *("-f", "ffmetadata", "-i", f"file:{metadata}"),
        *("-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "2", "-map_chapters", "2"),
        # Both streams end by themselves; the limit is half a frame after the later one.
        *("-c", "copy", "-t", f"{math.ceil((duration_s + 0.5 / FPS) * 1000) / 1000:.3f}"),
        # Samples and frames last a whole number of these ticks. By default ffmpeg uses the common
        # multiple of both rates, in which chapters past 195 s overflow, and QuickTime loses them.
        *("-movie_timescale", str(SAMPLE_RATE)),
        *("-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4", "-y", f"file:{out}"),
    ]
    run_ffmpeg(tools.ffmpeg, arguments, timeout_s=120.0 + duration_s)
