"""Check an uploaded track, decode it, and write it as FLAC.

The checks run in order of cost: first bytes, index, stream parameters, tags, sound. All decoding
happens in confined child processes. The FLAC is written from samples alone, so none of the uploaded
bytes reach code past the gate.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from ..dsp.samples import db_of_gain, seconds
from ..errors import RejectedFile
from .admit_image import AdmittedImage
from .convert import convert
from .gate.channel_faults import channel_warnings
from .gate.decode import Decoding
from .gate.formats import M4A
from .gate.limits import GateLimits
from .gate.mp4_drm_and_video import require_sound_only_mp4
from .gate.probe import ProbedStream, probe
from .gate.signal_checks import SignalStats
from .gate.sniff import sniff
from .gate.truncation import truncation_warning
from .tags.display_names import TrackTags
from .tags.reader_process import ReadTags, read_tags

# Codecs with more than 16 bits a sample. FLAC and ALAC are not listed: their files state their
# bits.
_DEEP_CODECS = ("pcm_s24", "pcm_s32", "pcm_f32", "pcm_f64")
_LOSSLESS_CODECS = ("flac", "alac")


@dataclass(frozen=True, slots=True)
class AdmittedTrack:
    """A track in normal form at ``path``, with ``warnings`` for the user who sent the file.

    ``content_hash`` is the SHA-256 of the FLAC's bytes; the same input gives the same hash.
    ``recorded_gain_db`` restores the original level. It is above 0 if peaks exceeded full scale and
    the whole track was turned down to keep their shape.
    """

    content_hash: str
    path: Path
    n_samples: int
    bits: int
    recorded_gain_db: float
    tags: TrackTags
    cover: AdmittedImage | None
    source_format: str
    warnings: tuple[str, ...]


def admit_track(
    source: Path, *, workdir: Path, ffmpeg: Path, limits: GateLimits | None = None
) -> AdmittedTrack:
    """Check a sound file and convert it to normal form, or raise ``RejectedFile``.

    ``source`` has a random name given by us; ``workdir`` is a private folder that gets the FLAC
    and the cover.
    """
    limits = limits or GateLimits()
    sniffed = sniff(source)
    kind, start, end = sniffed.kind, sniffed.start, sniffed.end
    limits.check_format(kind)
    if kind is M4A:
        require_sound_only_mp4(source)
    confinement, timeout_s = limits.confinement, limits.timeout_s
    stream = probe(
        ffmpeg, source, kind, timeout_s=timeout_s, confinement=confinement, start=start, end=end
    )
    tags = read_tags(source, kind, workdir=workdir)
    try:
        decoding = Decoding(ffmpeg, source, kind, stream, timeout_s, confinement, start, end)
        return _convert(decoding, tags, workdir, limits, cut_off=sniffed.cut_off)
    except RejectedFile:
        if tags.cover is not None:
            tags.cover.path.unlink(missing_ok=True)
        raise


def _convert(
    decoding: Decoding, tags: ReadTags, workdir: Path, limits: GateLimits, *, cut_off: bool
) -> AdmittedTrack:
    bits = _bits_to_keep(decoding.stream, tags)
    part = workdir / f"{secrets.token_hex(16)}.part"
    try:
        converted = convert(decoding, part, bits, limits)
        stats = converted.stats
        limits.check_signal(stats)
        warnings = _warnings(stats, decoding, tags, cut_off)
        with part.open("rb") as written:
            content_hash = hashlib.file_digest(written, "sha256").hexdigest()
        path = workdir / f"{content_hash}.flac"
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return AdmittedTrack(
        content_hash=content_hash,
        path=path,
        n_samples=stats.n_samples,
        bits=bits,
        recorded_gain_db=db_of_gain(1.0 / converted.gain),
        tags=tags.names,
        cover=tags.cover,
        source_format=decoding.kind.name,
        warnings=warnings,
    )


def _bits_to_keep(stream: ProbedStream, tags: ReadTags) -> int:
    if stream.codec.startswith(_DEEP_CODECS):
        return 24
    if stream.codec in _LOSSLESS_CODECS:
        return 24 if (tags.bits or 24) > 16 else 16
    return 16


def _warnings(
    stats: SignalStats, decoding: Decoding, tags: ReadTags, cut_off: bool
) -> tuple[str, ...]:
    """Sentences for the user who sent the file."""
    truncated = truncation_warning(
        decoding.kind,
        seconds(stats.n_samples),
        tags.length_s,
        errors=decoding.decoder_errors,
        cut_off=cut_off,
        rate_hz=decoding.stream.rate_hz,
    )
    repaired = stats.not_finite + stats.out_of_range
    damaged = f"{repaired} invalid samples were set to silence." if repaired else None
    return (*filter(None, (truncated, damaged)), *channel_warnings(stats.channels, stats.peak))
