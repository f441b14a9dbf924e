"""Ask ffmpeg for a file's codec, sample rate and channels, before decoding."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import ToolFailed, ToolTooSlow
from ..ffmpeg.confinement import Confinement
from ..ffmpeg.ffmpeg import run_ffmpeg
from .formats import WEBM, SniffedFormat
from .rejections import rejection

MIN_RATE_HZ = 8_000
MAX_RATE_HZ = 192_000
_MAX_CHANNELS = 8

# Largest single allocation of ffmpeg: a picture in a tag may need this much, sound never does.
_MAX_ALLOC = 512 << 20
# Number of bytes that ffmpeg reads to detect streams; ffmpeg's default.
_PROBE_BYTES = 5_000_000
# A normal file of any length is probed in 0.1 s; a hostile one with 100,000 comments takes minutes.
_PROBE_CPU_S = 4

_SOUND = ("-map", "0:a:0", "-vn")
_BARE = ("-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1")


@dataclass(frozen=True, slots=True)
class ProbedStream:
    """The first sound stream of a file."""

    codec: str
    rate_hz: int
    channels: int | None


def sound_arguments(
    source: Path, kind: SniffedFormat, start: int, end: int | None = None
) -> list[str]:
    """Return ffmpeg's arguments to read only the first sound stream of an untrusted file."""
    return [*_input(source, kind, start, end), *_SOUND, *_BARE]


def _input(source: Path, kind: SniffedFormat, start: int, end: int | None) -> list[str]:
    """Return ffmpeg's input arguments: no network, one demuxer, few decoders.

    ``file:`` and an absolute path keep a name from being read as a protocol or an option. Reading
    goes from byte ``start`` to ``end``. It begins after the tags, because ffmpeg's time for a tag
    grows with the square of its frames.
    """
    name = f"file:{source.absolute()}"
    return [
        *("-protocol_whitelist", "file" if end is None else "file,subfile"),
        *("-format_whitelist", kind.demuxers),
        *("-codec_whitelist", ",".join(kind.decoders)),
        *("-max_alloc", str(_MAX_ALLOC)),
        *("-probesize", str(_PROBE_BYTES)),
        *(("-skip_initial_bytes", str(start)) if start else ()),
        *("-f", kind.demuxer),
        *("-threads", "1"),
        *("-i", name if end is None else f"subfile,,start,0,end,{end},,:{name}"),
    ]


def probe(
    ffmpeg: Path,
    source: Path,
    kind: SniffedFormat,
    *,
    timeout_s: float,
    confinement: Confinement,
    start: int = 0,
    end: int | None = None,
) -> ProbedStream:
    """Find codec, sample rate and channels of the stream to decode.

    The bundled ffmpeg has no ffprobe, and a parser of our own could be tricked into reading other
    values than ffmpeg does. So ffmpeg itself prints them, through a muxer (`framecrc`) that omits
    tags: an attacker could write similar lines into those. Rejects with ``damaged``, ``bad_rate``,
    ``bad_channels``, ``unsupported_codec``, ``video`` or ``takes_too_long``.
    """
    streams = (*_SOUND[:2], "-map", "0:V?") if kind is WEBM else _SOUND
    first = ("-c", "copy", "-frames:a", "1", "-frames:v", "1", "-f", "framecrc", "pipe:1")
    try:
        output = run_ffmpeg(
            ffmpeg,
            [*_input(source, kind, start, end), *streams, *_BARE, *first],
            timeout_s=timeout_s,
            confinement=replace(confinement, cpu_s=_PROBE_CPU_S),
        )
    except ToolTooSlow as e:
        raise rejection("takes_too_long") from e
    except ToolFailed as e:
        raise rejection("damaged", "no sound was found in it") from e
    text = output.decode("ascii", "replace")
    if "#media_type 1: video" in text:
        raise rejection("video")
    return _checked(_parse(text), kind)


def _parse(text: str) -> ProbedStream:
    facts = dict(re.findall(r"^#(codec_id|sample_rate|channel_layout_name) 0: (.*)$", text, re.M))
    return ProbedStream(
        codec=facts.get("codec_id", ""),
        rate_hz=int(facts.get("sample_rate", "0")),
        channels=_channels_of(facts.get("channel_layout_name", "")),
    )


def _channels_of(layout: str) -> int | None:
    """Return the number of channels of a layout such as "5.1(side)"; None if unknown."""
    if layout in ("mono", "stereo", "downmix"):
        return 1 if layout == "mono" else 2
    if counted := re.match(r"(\d+) channels", layout):
        return int(counted[1])
    if dotted := re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", layout):
        return sum(int(part) for part in dotted.groups() if part)
    return {"quad": 4, "hexagonal": 6, "octagonal": 8}.get(layout)


def _checked(stream: ProbedStream, kind: SniffedFormat) -> ProbedStream:
    if not any(decoder.startswith(stream.codec) for decoder in kind.decoders) or not stream.codec:
        raise rejection("unsupported_codec", f" ({stream.codec})" if stream.codec else "")
    if not MIN_RATE_HZ <= stream.rate_hz <= MAX_RATE_HZ:
        raise rejection("bad_rate", f"{stream.rate_hz:,} Hz")
    if stream.channels is not None and stream.channels > _MAX_CHANNELS:
        raise rejection("bad_channels", f"{stream.channels} channels")
    return stream
