"""Every format that a mix is wanted in, encoded side by side on the cores there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import soundfile
from mutagen.flac import FLAC

from ..dsp.samples import CHANNELS, SAMPLE_RATE
from ..media.full_disk import full_disk_told
from .effort import Effort, crew
from .feed import encode_with_ffmpeg, interleaved
from .mix_tags import (
    MixTags,
    cover_of,
    ffmetadata,
    ffmetadata_of_comments,
    picture_block,
    vorbis_comments,
)
from .mp3 import Cutting, Mp3Job, Mp3Result
from .mp3_info import Mp3Mode
from .mp3_reuse import EarlierMp3
from .mp3_segments import SegmentEncoder
from .play import Play
from .wav_tag import append_id3_chunk

LossyFormat = Literal["m4a", "opus"]
LosslessFormat = Literal["flac", "wav"]

BEST_CBR = Mp3Mode(kbps=320)
BITS = "PCM_24"  # a mix of 16-bit tracks has more than 16 bits as soon as a gain is applied
_RIFF_LIMIT = (1 << 32) - (1 << 20)  # a WAV states its length in 32 bits; past that it is RF64
_BYTES_PER_FRAME = 3 * CHANNELS


@dataclass(frozen=True, slots=True)
class Output:
    """One file to be written, and what to play into it.

    ``mode`` says how an MP3 is encoded, ``kbps`` an M4A or Opus. ``segment_key`` hashes all that
    sounds in a stretch; with None no segment is kept. An ``earlier`` MP3 is taken frames from where
    it sounds the same.
    """

    path: Path
    format: Literal["mp3", "m4a", "opus", "flac", "wav"]
    play: Play
    segment_key: Callable[[int, int], str] | None = None
    mode: Mp3Mode = BEST_CBR
    kbps: int = 256
    earlier: EarlierMp3 | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """What all outputs of a mix share; ``scratch`` is the folder for MP3 segments, which are found
    again there, and for ffmpeg's metadata."""

    length: int
    tags: MixTags
    ffmpeg: Path
    scratch: Path


def encode_all(
    encoding: Encoding,
    outputs: Sequence[Output],
    *,
    workers: int,
    progress: Callable[[float], None],
    say: Callable[[str], None] = lambda _: None,
) -> Mp3Result | None:
    """Write every output; what cannot be cut into segments starts first, for it takes longest.

    Parameters
    ----------
    say : told which segment of the MP3 is waited for, in words

    Returns
    -------
    how the MP3 was encoded, if there is one

    Raises
    ------
    ToolFailed
        If ffmpeg fails. No child and no half-written file is left, whatever is raised.
    """
    effort = Effort(progress)
    mp3 = next((output for output in outputs if output.format == "mp3"), None)
    streams = [output for output in outputs if output.format != "mp3"]
    job = _mp3_job(encoding, mp3, workers, effort) if mp3 else None
    effort.plan(len(streams) * encoding.length)
    with crew(workers, effort) as pool:
        running = [_start(pool, encoding, output, effort) for output in streams]
        result = _join(pool, job, mp3, encoding.tags, say) if job and mp3 else None
        for future in running:
            future.result()
    return result


def _mp3_job(encoding: Encoding, output: Output, workers: int, effort: Effort) -> Mp3Job:
    encoder = SegmentEncoder(
        output.play,
        encoding.length,
        output.mode,
        encoding.ffmpeg,
        encoding.scratch,
        output.segment_key,
        effort,
        output.earlier,
    )
    job = Mp3Job(encoder, Cutting().segments(encoder, workers), Cutting())
    job.plan()
    return job


def _join(
    pool: ThreadPoolExecutor,
    job: Mp3Job,
    output: Output,
    tags: MixTags,
    say: Callable[[str], None],
) -> Mp3Result:
    job.start(pool)
    return job.join(pool, output.path, tags, say)


def _start(
    pool: ThreadPoolExecutor, encoding: Encoding, output: Output, effort: Effort
) -> Future[None]:
    encode = _encode_with_soundfile if output.format in ("flac", "wav") else _encode_lossy
    return pool.submit(effort.guard, partial(encode, encoding, output, effort))


def _encode_with_soundfile(encoding: Encoding, output: Output, effort: Effort) -> None:
    part = output.path.with_name(output.path.name + ".part")
    try:
        container = _container(output, encoding.length)
        with (
            full_disk_told(),
            soundfile.SoundFile(part, "w", SAMPLE_RATE, CHANNELS, BITS, format=container) as file,
        ):
            for block in output.play(0, encoding.length):
                file.buffer_write(interleaved(block), dtype="float32")
                effort.add(block.shape[1])
        tag = _tag_flac if output.format == "flac" else append_id3_chunk
        tag(part, encoding.tags)
        part.replace(output.path)
    finally:
        part.unlink(missing_ok=True)


def _container(output: Output, length: int) -> str:
    if output.format == "flac":
        return "FLAC"
    return "WAV" if length * _BYTES_PER_FRAME < _RIFF_LIMIT else "RF64"


def _tag_flac(path: Path, tags: MixTags) -> None:
    file = FLAC(path)
    if file.tags is None:
        file.add_tags()
    for key, value in vorbis_comments(tags):
        file[key] = value
    if picture := picture_block(tags):
        file.add_picture(picture)
    file.save()


def _encode_lossy(encoding: Encoding, output: Output, effort: Effort) -> None:
    told = encoding.scratch / f"{output.format}.ffmetadata"
    write = ffmetadata if output.format == "m4a" else ffmetadata_of_comments
    told.write_text(write(encoding.tags), encoding="utf-8")
    inputs = ["-f", "ffmetadata", "-i", f"file:{told}"]
    arguments = ["-map", "0:a", "-map_metadata", "1"]
    if output.format == "opus":
        arguments += ["-c:a", "libopus", "-b:a", f"{output.kbps}k", "-f", "opus"]
    else:
        arguments += _aac(encoding, output, inputs)
    encode_with_ffmpeg(
        encoding.ffmpeg,
        output.play(0, encoding.length),
        ("-fflags", "+bitexact", "-flags:a", "+bitexact", *arguments),
        inputs=inputs,
        out=output.path,
        effort=effort,
    )


def _aac(encoding: Encoding, output: Output, inputs: list[str]) -> list[str]:
    """AAC by ffmpeg's own encoder: its fast coder takes 0.4 of the CPU of the default one."""
    arguments = ["-map_chapters", "1"]
    if cover := cover_of(encoding.tags):
        demuxer = "png_pipe" if cover[1] == "image/png" else "jpeg_pipe"  # never a name pattern
        inputs += ["-f", demuxer, "-i", f"file:{encoding.tags.cover}"]
        arguments += ["-map", "2:v", "-c:v", "copy", "-disposition:v:0", "attached_pic"]
    rate = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", f"{output.kbps}k"]
    return [*arguments, *rate, "-movflags", "+faststart", "-f", "ipod"]
