"""Output formats: media types, codecs, bit rates, true-peak ceilings."""

from __future__ import annotations

from typing import Final

from ...contract.jobs import AudioFormat
from ...contract.stems import StemFormat
from ...dj.levels.track_gains import CEILING_DBTP

MEDIA_TYPES: Final[dict[AudioFormat, str]] = {
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "opus": "audio/ogg",
}

CEILINGS_DBTP: Final[dict[AudioFormat, float]] = {
    "flac": -1.5,
    "wav": -1.5,
    "mp3": CEILING_DBTP,
    "m4a": -3.0,
    "opus": -4.2,
}
"""The limiter's true-peak ceiling for each format, so that the decoded file stays under -1 dBTP:
lossy encoding moves peaks. Other meters read at most this much over the ceiling, on limited music
with and without noise from 16 kHz on: lossless 0.1 dB, MP3 1.0 (V0), AAC 1.9 (fast coder, 256
kbit/s), Opus 2.7 (160 kbit/s). Lossless has 0.4 dB more, for noise up to the band's edge."""

STEM_PEAKS_DBFS: Final[dict[StemFormat, float]] = {"flac": 0.0, "wav": 0.0, "mp3": -1.0}
"""Highest sample peak of a stem before encoding; an MP3's decoded samples rise by up to 1 dB."""

MAX_KBPS: Final[dict[AudioFormat, int]] = {"mp3": 320, "m4a": 320, "opus": 192}
"""The highest bit rate written. Opus is transparent at 192 kbit/s. At 256 kbit/s ffmpeg's fast AAC
coder put a peak of +2.4 dBTP into techno limited at -3 dBTP; at 320 it stays under -2.1."""

LOSSLESS: Final[frozenset[AudioFormat]] = frozenset({"flac", "wav"})

PCM_SUBTYPE = "PCM_24"
"""Sample format of FLAC and WAV: with a gain applied, a mix of 16-bit tracks has more than 16 bits.
"""


def codec_arguments(kind: AudioFormat, kbps: int) -> tuple[str, ...]:
    """ffmpeg's codec and container arguments for M4A or Opus.

    AAC is ffmpeg's own: its fast coder takes 0.4 of the CPU time of the default one. Without noise
    substitution, which is for lower rates, a frame decodes to the same samples wherever decoding
    begins. It comes as a bare stream of frames, for `render/aac`.
    """
    rate = ("-b:a", f"{min(kbps, MAX_KBPS[kind])}k")
    if kind == "opus":
        return ("-c:a", "libopus", *rate, "-f", "opus")
    exact = ("-flags:a", "+bitexact")
    return ("-c:a", "aac", "-aac_coder", "fast", "-aac_pns", "0", *rate, *exact, "-f", "adts")
