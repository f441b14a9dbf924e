"""What ffmpeg takes a file for, asked before anything is decoded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ToolFailed
from .confinement import Confinement
from .ffmpeg import run_ffmpeg
from .refusals import refusal
from .sniff import SniffedFormat

MIN_RATE_HZ = 8_000
MAX_RATE_HZ = 192_000
_MAX_CHANNELS = 8

# One block that ffmpeg allocates: a picture in a tag may ask for this much, no sound does.
_MAX_ALLOC = 512 << 20
# ffmpeg reads this much of a file to learn what it holds; its own default.
_PROBE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class ProbedStream:
    """The first sound stream of a file."""

    codec: str
    rate_hz: int
    channels: int | None


def input_arguments(source: Path, kind: SniffedFormat) -> list[str]:
    """How an untrusted file is named to ffmpeg: one protocol, one demuxer, few decoders.

    ``file:`` before an absolute path keeps a name from being read as a protocol or an option.
    """
    return [
        *("-protocol_whitelist", "file"),
        *("-format_whitelist", kind.demuxers),
        *("-codec_whitelist", ",".join(kind.decoders)),
        *("-max_alloc", str(_MAX_ALLOC)),
        *("-probesize", str(_PROBE_BYTES)),
        *("-f", kind.demuxer),
        *("-threads", "1"),
        *("-i", f"file:{source.absolute()}"),
        *("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
    ]


def probe(
    ffmpeg: Path,
    source: Path,
    kind: SniffedFormat,
    *,
    timeout_s: float,
    confinement: Confinement,
) -> ProbedStream:
    """Codec, rate and channels of the stream that would be decoded.

    The bundled ffmpeg comes without ffprobe, and a header parser of our own could be made to read
    something else than ffmpeg does. So ffmpeg is asked, through a muxer (`framecrc`) that prints
    stream parameters and none of the tags, which a stranger may fill with lines of any kind.

    Raises
    ------
    RejectedFile
        ``damaged``, ``bad_rate``, ``bad_channels``, ``unsupported_codec``.
    """
    arguments = [*input_arguments(source, kind), "-c", "copy", "-frames:a", "1", "-f", "framecrc"]
    try:
        said = run_ffmpeg(
            ffmpeg, [*arguments, "pipe:1"], timeout_s=timeout_s, confinement=confinement
        )
    except ToolFailed as e:
        raise refusal("damaged", "no sound can be found in it") from e
    return _checked(_parse(said.decode("ascii", "replace")), kind.decoders)


def _parse(said: str) -> ProbedStream:
    facts = dict(re.findall(r"^#(codec_id|sample_rate|channel_layout_name) 0: (.*)$", said, re.M))
    return ProbedStream(
        codec=facts.get("codec_id", ""),
        rate_hz=int(facts.get("sample_rate", "0")),
        channels=_channels_of(facts.get("channel_layout_name", "")),
    )


def _channels_of(layout: str) -> int | None:
    """The number in a layout's name: "mono", "5.1(side)", "12 channels"; None if it has none."""
    if layout in ("mono", "stereo", "downmix"):
        return 1 if layout == "mono" else 2
    if counted := re.match(r"(\d+) channels", layout):
        return int(counted[1])
    if dotted := re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", layout):
        return sum(int(part) for part in dotted.groups() if part)
    return {"quad": 4, "hexagonal": 6, "octagonal": 8}.get(layout)


def _checked(stream: ProbedStream, decoders: Sequence[str]) -> ProbedStream:
    if not any(decoder.startswith(stream.codec) for decoder in decoders) or not stream.codec:
        raise refusal("unsupported_codec")
    if not MIN_RATE_HZ <= stream.rate_hz <= MAX_RATE_HZ:
        raise refusal("bad_rate", f"{stream.rate_hz:,} Hz")
    if stream.channels is not None and stream.channels > _MAX_CHANNELS:
        raise refusal("bad_channels", f"{stream.channels} channels")
    return stream
