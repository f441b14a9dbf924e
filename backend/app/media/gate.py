"""The gate for tracks: a stranger's file goes in, a FLAC of ours comes out, or a refusal.

A file passes its stages in order of cost: first bytes, index, stream parameters, tags, sound. All
decoding happens in confined children. What comes out is written by us from samples alone, so
nothing of the file's own bytes reaches anything after the gate.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..dsp.samples import db_of_gain, samples, seconds
from ..errors import RejectedFile
from .confinement import GIB, Confinement
from .decoding import Decoding
from .mp4_index import expect_plain_sound
from .normal_form import NormalFormWriter
from .probe import ProbedStream, probe
from .refusals import refusal
from .sniff import FLAC, FORMATS, M4A, MP3, SniffedFormat, sniff
from .survey import Survey
from .tags import CoverPicture, ReadTags, TrackTags, read_tags

# Bad samples up to this share are repaired: a stray NaN is a bug of an exporter, more is no sound.
_MAX_BAD_SHARE = 0.001
# Of the length that a file claims, this much must be there.
_MIN_READABLE = 0.5
# Encoder delay and padding, which some headers count as sound: 2,112 + 2,304 samples, 0.1 s. A
# FLAC says its length to the sample; resampled it may differ by one.
_LENGTH_SLACK_S = 0.15
_FLAC_SLACK_S = 0.001
# These hold more than 16 bits a sample; FLAC and ALAC say themselves how many.
_DEEP_CODECS = ("pcm_s24", "pcm_s32", "pcm_f32", "pcm_f64")
_LOSSLESS_CODECS = ("flac", "alac")


@dataclass(frozen=True, slots=True)
class GateLimits:
    """What a track may be and cost. ``timeout_s`` and memory are for one run of the decoder."""

    max_track_s: float = 1800.0
    min_track_s: float = 1.0
    min_audible_s: float = 0.25
    timeout_s: float = 120.0
    max_memory_bytes: int = 2 * GIB
    formats: frozenset[str] = FORMATS


@dataclass(frozen=True, slots=True)
class AdmittedTrack:
    """A track in the normal form.

    Attributes
    ----------
    content : SHA-256 of the FLAC's bytes; the same input gives the same
    path : the FLAC, in the folder that was given, named after its content
    recorded_gain_db : what to add to get the original level back; above 0 where peaks went past
        full scale and the whole track was turned down to keep their shape
    warnings : sentences for the person who sent the file
    """

    content: str
    path: Path
    n_samples: int
    bits: int
    recorded_gain_db: float
    tags: TrackTags
    cover: CoverPicture | None
    source_format: str
    warnings: tuple[str, ...]


def admit_track(
    source: Path, *, workdir: Path, ffmpeg: Path, limits: GateLimits | None = None
) -> AdmittedTrack:
    """Let a sound file in.

    ``source`` bears a random name given by us; ``workdir`` is a private folder that gets the FLAC
    and the cover.

    Raises
    ------
    RejectedFile
        With one of the codes in `refusals`.
    """
    limits = limits or GateLimits()
    kind = sniff(source)
    if kind.name not in limits.formats:
        raise refusal("unsupported_format", kind.name.upper())
    if kind is M4A:
        expect_plain_sound(source)
    confinement = Confinement(memory_bytes=limits.max_memory_bytes)
    stream = probe(ffmpeg, source, kind, timeout_s=limits.timeout_s, confinement=confinement)
    told = read_tags(source, kind, workdir=workdir)
    try:
        _expect_fair_claim(told, kind, limits)
        decoding = Decoding(ffmpeg, source, kind, stream, limits.timeout_s, confinement)
        return _take_in(decoding, told, workdir, limits)
    except RejectedFile:
        if told.cover is not None:
            told.cover.path.unlink(missing_ok=True)
        raise


def _take_in(
    decoding: Decoding, told: ReadTags, workdir: Path, limits: GateLimits
) -> AdmittedTrack:
    bits = _bits_to_keep(decoding.stream, told)
    part = workdir / f"{secrets.token_hex(16)}.part"
    try:
        survey, gain = _write(decoding, part, bits, limits)
        warnings = _judged(survey, decoding, told, limits)
        content = _sha256(part)
        path = workdir / f"{content}.flac"
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return AdmittedTrack(
        content=content,
        path=path,
        n_samples=survey.n_samples,
        bits=bits,
        recorded_gain_db=db_of_gain(1.0 / gain),
        tags=told.names,
        cover=told.cover,
        source_format=decoding.kind.name,
        warnings=warnings,
    )


def _write(decoding: Decoding, part: Path, bits: int, limits: GateLimits) -> tuple[Survey, float]:
    """Decode into ``part``; a second time, turned down, where a peak went past full scale.

    Writing at once and starting over where needed beats a first pass for the peak alone: decoding
    costs more than writing, and a lossless file never needs the second.
    """
    survey = _decode(decoding, part, bits, 1.0, limits)
    if survey.peak <= 1.0:
        return survey, 1.0
    gain = (1.0 - 2.0 ** (1 - bits)) / survey.peak  # the highest step of the integers is below 1.0
    return _decode(decoding, part, bits, gain, limits), gain


def _decode(decoding: Decoding, part: Path, bits: int, gain: float, limits: GateLimits) -> Survey:
    """One pass; writing stops at the first peak that would be clipped, looking goes on."""
    survey = Survey()
    with NormalFormWriter(part, bits) as writer, closing(decoding.blocks()) as blocks:
        for block in blocks:
            sane = survey.look_at(block)
            if survey.n_samples > samples(limits.max_track_s):
                raise refusal("too_long", _spoken(limits.max_track_s))
            if survey.peak * gain <= 1.0:
                writer.write(sane if gain == 1.0 else sane * np.float32(gain))
    return survey


def _expect_fair_claim(told: ReadTags, kind: SniffedFormat, limits: GateLimits) -> None:
    """Believe a FLAC or MP3 header that claims too much: it is too long, or a lie, at no cost."""
    claimed_s = told.length_s or 0.0
    if kind in (FLAC, MP3) and claimed_s > limits.max_track_s + _LENGTH_SLACK_S:
        raise refusal("too_long", _spoken(limits.max_track_s))


def _bits_to_keep(stream: ProbedStream, told: ReadTags) -> int:
    if stream.codec.startswith(_DEEP_CODECS):
        return 24
    if stream.codec in _LOSSLESS_CODECS:
        return 24 if (told.bits or 24) > 16 else 16
    return 16


def _judged(
    survey: Survey, decoding: Decoding, told: ReadTags, limits: GateLimits
) -> tuple[str, ...]:
    """Refuse what is no track after all; else the sentences that its sender should read."""
    length_s = seconds(survey.n_samples)
    if length_s < limits.min_track_s:
        raise refusal("too_short", f"{length_s:.2f} s")
    if survey.bad_share > _MAX_BAD_SHARE:
        raise refusal("not_finite" if survey.not_finite >= survey.out_of_range else "out_of_range")
    if survey.audible_s < limits.min_audible_s:
        raise refusal("silent")
    return (*_length_warnings(length_s, decoding, told), *_repair_warnings(survey))


def _length_warnings(length_s: float, decoding: Decoding, told: ReadTags) -> list[str]:
    """Compare seconds read with seconds claimed: a decoder calls half a file a success."""
    claimed_s = told.length_s or 0.0
    lost_s = claimed_s - length_s
    if lost_s > (_FLAC_SLACK_S if decoding.kind is FLAC else _LENGTH_SLACK_S):
        found = f"{length_s:.1f} of {claimed_s:.1f} s can be read"
        if decoding.kind in (FLAC, MP3, M4A) and length_s < _MIN_READABLE * claimed_s:
            raise refusal("damaged", found)
        return [f"The file is damaged or incomplete: {found}, {lost_s:.2f} s are lost."]
    if decoding.complaints:
        return ["Some parts of the file are damaged; listen to it before you use it."]
    return []


def _repair_warnings(survey: Survey) -> list[str]:
    repaired = survey.not_finite + survey.out_of_range
    return [f"{repaired} impossible samples were silenced."] if repaired else []


def _spoken(duration_s: float) -> str:
    return f"{duration_s / 60:.0f} minutes" if duration_s >= 120 else f"{duration_s:.0f} s"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
