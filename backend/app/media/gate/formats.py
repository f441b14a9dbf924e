"""The accepted sound formats, and which parts of ffmpeg may read each."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import BadSettings


@dataclass(frozen=True, slots=True)
class SniffedFormat:
    """An accepted format, and the demuxer and decoders that ffmpeg may use for it.

    ``demuxers`` are ffmpeg's names for the demuxer (a whitelist needs all of them). ``stated``
    means that the header states the length reliably: if half of it is missing, a download was
    broken off.
    """

    name: str
    demuxers: str
    decoders: tuple[str, ...]
    stated: bool = False

    @property
    def demuxer(self) -> str:
        """The demuxer's first name, which selects it in ffmpeg."""
        return self.demuxers.partition(",")[0]


_LITTLE_ENDIAN = ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le")
_BIG_ENDIAN = ("pcm_s8", "pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_f32be", "pcm_f64be")
_COMPANDED = ("pcm_alaw", "pcm_mulaw")

MP3 = SniffedFormat("mp3", "mp3", ("mp3float", "mp3"), stated=True)
WAV = SniffedFormat(
    "wav", "wav", (*_LITTLE_ENDIAN, *_COMPANDED, "adpcm_ms", "adpcm_ima_wav", "mp3float")
)
# AIFF-C may store its samples in either byte order: "sowt" is little-endian.
AIFF = SniffedFormat("aiff", "aiff", (*_BIG_ENDIAN, *_LITTLE_ENDIAN, *_COMPANDED, "adpcm_ima_qt"))
FLAC = SniffedFormat("flac", "flac", ("flac",), stated=True)
VORBIS = SniffedFormat("ogg", "ogg", ("vorbis",))
OPUS = SniffedFormat("opus", "ogg", ("opus",))
WEBM = SniffedFormat("webm", "matroska,webm", ("opus", "vorbis"))
M4A = SniffedFormat(
    "m4a", "mov,mp4,m4a,3gp,3g2,mj2", ("aac", "alac", "flac", "mp3float"), stated=True
)
FORMATS = frozenset(kind.name for kind in (MP3, WAV, AIFF, FLAC, VORBIS, OPUS, WEBM, M4A))


def formats_named(setting: str) -> frozenset[str]:
    """Parse a comma-separated list of formats.

    Raises ``BadSettings`` if one is unknown, or the list is empty: a misspelt name would otherwise
    reject good files.
    """
    names = frozenset(filter(None, (name.strip().lower() for name in setting.split(","))))
    if not names or names - FORMATS:
        raise BadSettings(
            f"SUPPORTED_FORMATS: “{setting}” is not a list of known formats.",
            hint=f"Choose among {','.join(sorted(FORMATS))}.",
        )
    return names
