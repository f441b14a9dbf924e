"""Encode a mix in several formats in parallel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ...contract.jobs import AudioFormat
from ...dsp.samples import Samples
from ..aac.encode import AacSegments, BaseAac
from ..aac.m4a import write_m4a
from ..ffmpeg_pipe import ffmpeg_encoder
from ..mp3.encode import Mp3Job
from ..mp3.info_frame import Mp3Mode
from ..mp3.reuse import BaseMp3
from ..mp3.segments import SegmentEncoder
from ..player.player import Play, Player
from ..progress_pool import ProgressPool
from .formats import LOSSLESS, codec_arguments
from .lossless import lossless_encoder
from .tags import MixTags, cover_of, ffmetadata, ffmetadata_of_comments, id3_tag


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write, and the mix to play into it.

    Attributes
    ----------
    player : whose ``play`` it is; files of one mix, at whatever levels, are played together
    segment_key : hashes all that sounds in a stretch; None keeps no MP3 segment for reuse
    mode : how an MP3 is encoded
    kbps : bit rate of M4A and Opus, up to ``formats.MAX_KBPS``
    base : the MP3 of the base mix, from which frames are copied where both sound the same
    base_aac : the same for an M4A
    listen : called with the blocks of a FLAC or WAV, as a decoder will return them
    """

    path: Path
    format: AudioFormat
    play: Play
    player: Player | None = None
    segment_key: Callable[[int, int], str] | None = None
    mode: Mp3Mode = field(default_factory=Mp3Mode)
    kbps: int = 320
    base: BaseMp3 | None = None
    base_aac: BaseAac | None = None
    listen: Sequence[Callable[[Samples], None]] = ()


@dataclass(frozen=True, slots=True)
class Encoding:
    """What all outputs of a mix share.

    ``scratch`` is the folder for ffmpeg's metadata and for MP3 and AAC segments, which are reused
    there. ``in_tasks`` says that tasks have encoded them, each a minute.
    """

    length: int
    tags: MixTags
    ffmpeg: Path
    scratch: Path
    in_tasks: bool = False


def encode_all(
    encoding: Encoding,
    outputs: Sequence[Output],
    *,
    workers: int,
    progress: Callable[[float], None],
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Write every output in parallel; formats that can't be cut into segments start first.

    Those of one mix are played once, at the levels of all. An MP3 is played once more, for its
    segments.

    ``say`` is called with the MP3 segment that is waited for, in words.

    Raises
    ------
    ToolFailed
        If ffmpeg fails. No child and no incomplete file is left, whatever is raised.
    """
    mp3 = next((output for output in outputs if output.format == "mp3"), None)
    based = [
        output
        for output in outputs
        if output.base_aac is not None or (encoding.in_tasks and output.format == "m4a")
    ]
    others = [output for output in outputs if output.format != "mp3" and output not in based]
    with ProgressPool(workers, progress) as pool:
        job = _mp3_job(encoding, mp3, workers, pool) if mp3 else None
        pool.plan(len(others) * encoding.length)
        changed = [_changed_aac(encoding, output, pool) for output in based]
        running = [
            pool.submit(_encode_together, encoding, group, pool.add) for group in _groups(others)
        ]
        if job and mp3:
            job.start()
            job.join(mp3.path, id3_tag(encoding.tags), say)
        for finish in changed:
            finish()
        for future in running:
            future.result()


def _mp3_job(encoding: Encoding, output: Output, workers: int, pool: ProgressPool) -> Mp3Job:
    encoder = mp3_encoder(encoding, output, pool.add)
    return Mp3Job(encoder, pool, workers, in_minutes=encoding.in_tasks)


def mp3_encoder(
    encoding: Encoding, output: Output, count: Callable[[int], None] = lambda _: None
) -> SegmentEncoder:
    """Return the encoder of an MP3's segments."""
    return SegmentEncoder(
        output.play,
        encoding.length,
        output.mode,
        encoding.ffmpeg,
        encoding.scratch,
        output.segment_key,
        count,
        output.base,
    )


def _groups(outputs: Sequence[Output]) -> list[list[Output]]:
    """Group the files of one mix; a file without a player is in a group of its own."""
    groups: list[list[Output]] = []
    for output in outputs:
        for group in groups:
            if _of_one_mix(group[0].player, output.player):
                group.append(output)
                break
        else:
            groups.append([output])
    return groups


def _of_one_mix(one: Player | None, other: Player | None) -> bool:
    return one is not None and other is not None and one == other.at(one.level)


def _encode_together(
    encoding: Encoding, outputs: Sequence[Output], count: Callable[[int], None]
) -> None:
    """Write files of one mix, which is played once."""
    parts = _of_equal_samples(outputs)
    with ExitStack() as files:
        encoders = [files.enter_context(_encoder(encoding, part)) for part in parts]
        for blocks in _played([part[0] for part in parts], encoding.length):
            for part, encode, block in zip(parts, encoders, blocks, strict=True):
                encode(block)
                count(len(part) * block.shape[1])


def _of_equal_samples(outputs: Sequence[Output]) -> list[list[Output]]:
    """Group the lossless files that have the same level; every other file is alone."""
    parts: dict[object, list[Output]] = {}
    for output in outputs:
        is_lossless = output.format in LOSSLESS
        key = output.player.level if output.player and is_lossless else output.path
        parts.setdefault(key, []).append(output)
    return list(parts.values())


def _played(outputs: Sequence[Output], length: int) -> Iterator[tuple[Samples, ...]]:
    """Play a mix at each output's level."""
    if len(outputs) == 1:
        return zip(outputs[0].play(0, length))
    players = [output.player for output in outputs if output.player]
    return players[0].play_at([player.level for player in players], 0, length)


def _encoder(
    encoding: Encoding, outputs: Sequence[Output]
) -> AbstractContextManager[Callable[[Samples], None]]:
    """Open a lossy file, or lossless ones; they appear when the context ends without an error."""
    if outputs[0].format not in LOSSLESS:
        return _lossy_encoder(encoding, outputs[0])
    return lossless_encoder(
        [(output.path, output.format) for output in outputs],
        length=encoding.length,
        tags=encoding.tags,
        listen=[one for output in outputs for one in output.listen],
    )


def _lossy_encoder(
    encoding: Encoding, output: Output
) -> AbstractContextManager[Callable[[Samples], None]]:
    return (_m4a_encoder if output.format == "m4a" else _opus_encoder)(encoding, output)


def _opus_encoder(
    encoding: Encoding, output: Output
) -> AbstractContextManager[Callable[[Samples], None]]:
    inputs = _metadata(encoding, output, ffmetadata_of_comments(encoding.tags))
    exact = ("-fflags", "+bitexact", "-flags:a", "+bitexact")
    coder = codec_arguments("opus", output.kbps)
    arguments = (*exact, "-map", "0:a", "-map_metadata", "1", *coder)
    return ffmpeg_encoder(encoding.ffmpeg, arguments, inputs=inputs, out=output.path)


@contextmanager
def _m4a_encoder(encoding: Encoding, output: Output) -> Iterator[Callable[[Samples], None]]:
    segments = aac_segments(encoding, output)
    with segments.from_stream() as encode:
        yield encode
    _finish_m4a(encoding, output, segments)


def _changed_aac(encoding: Encoding, output: Output, pool: ProgressPool) -> Callable[[], None]:
    """Queue the AAC segments that differ from the base mix's.

    Returns a function that waits for them and writes the M4A.
    """
    segments = aac_segments(encoding, output)
    pool.plan(sum(one.end - one.start for one in segments.missing))
    running = [pool.submit(segments.encode, one, output.play, pool.add) for one in segments.missing]

    def finish() -> None:
        for future in running:
            future.result()
        _finish_m4a(encoding, output, segments)

    return finish


def aac_segments(encoding: Encoding, output: Output) -> AacSegments:
    """Return the segments of an M4A."""
    return AacSegments(
        encoding.length,
        codec_arguments("m4a", output.kbps),
        encoding.ffmpeg,
        encoding.scratch,
        output.segment_key,
        output.base_aac,
    )


def _finish_m4a(encoding: Encoding, output: Output, segments: AacSegments) -> None:
    inputs = _metadata(encoding, output, ffmetadata(encoding.tags))
    maps = ["-map_metadata", "1", "-map_chapters", "1"]
    if cover := cover_of(encoding.tags):
        # not the default, which reads some names as patterns
        demuxer = "png_pipe" if cover[1] == "image/png" else "jpeg_pipe"
        inputs += ["-f", demuxer, "-i", f"file:{encoding.tags.cover}"]
        maps += ["-map", "2:v", "-disposition:v:0", "attached_pic"]
    frames = segments.join(encoding.scratch / f"{output.path.name}.aac")
    write_m4a(frames, encoding.length, inputs, maps, ffmpeg=encoding.ffmpeg, out=output.path)


def _metadata(encoding: Encoding, output: Output, text: str) -> list[str]:
    """Write ffmpeg's metadata file; return it as ffmpeg's input 1."""
    path = encoding.scratch / f"{output.format}.ffmetadata"
    path.write_text(text, encoding="utf-8")
    return ["-f", "ffmetadata", "-i", f"file:{path}"]
