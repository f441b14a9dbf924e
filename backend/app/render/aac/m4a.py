"""Write AAC frames to an M4A file, with tags, chapters and cover."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mutagen.mp4 import MP4

from ...dsp.samples import SAMPLE_RATE
from ...errors import ToolFailed
from ...media.ffmpeg.ffmpeg import run_ffmpeg
from ...store.files.atomic_write import atomic_write
from .frames import ENCODER_DELAY, SAMPLES_PER_FRAME, AdtsFrames

_TIMEOUT_S = 600.0


def length_of(m4a: Path) -> int:
    """Number of samples that an M4A file of Segue's states; raise :class:`ToolFailed` if none."""
    info = MP4(m4a).info
    if info is None:
        raise ToolFailed("The M4A states no length.")
    return round(info.length * SAMPLE_RATE) - ENCODER_DELAY


def write_m4a(
    frames: AdtsFrames,
    length: int,
    inputs: Sequence[str],
    maps: Sequence[str],
    *,
    ffmpeg: Path,
    out: Path,
) -> None:
    """Write the AAC frames of a mix of ``length`` samples to an M4A file.

    ``inputs`` and ``maps`` are ffmpeg's arguments for tags and cover.

    The first frame lies before the start, and the last one is cut at the mix's end: players play
    exactly the mix.

    Raises
    ------
    ToolFailed
        If ffmpeg reports failure. No file is left then.
    """
    last = frames.n_frames - 1
    rest = length + ENCODER_DELAY - last * SAMPLES_PER_FRAME
    times = (
        f"setts=ts=(N*{SAMPLES_PER_FRAME}-{ENCODER_DELAY})/SR/TB"
        f":duration=if(eq(N\\,{last})\\,{rest}\\,{SAMPLES_PER_FRAME})/SR/TB"
    )
    with atomic_write(out) as part:
        arguments = [
            *("-f", "aac", "-i", f"file:{frames.path}", *inputs, "-map", "0:a", *maps),
            *("-c", "copy", "-bsf:a", times, "-fflags", "+bitexact"),
            *("-movflags", "+faststart", "-f", "ipod", "-y", f"file:{part}"),
        ]
        run_ffmpeg(ffmpeg, arguments, timeout_s=_TIMEOUT_S)
