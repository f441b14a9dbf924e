"""Ceilings and bit rates of each format."""

from __future__ import annotations

import pytest

from backend.app.contract.jobs import AudioFormat
from backend.app.render.files.formats import (
    CEILINGS_DBTP,
    MEDIA_TYPES,
    STEM_PEAKS_DBFS,
    codec_arguments,
)

# How far meters read a decoded file above the limiter's ceiling, measured on limited music.
CODING_RISE_DB: dict[AudioFormat, float] = {
    "flac": 0.1,
    "wav": 0.1,
    "mp3": 1.0,
    "m4a": 1.9,
    "opus": 2.7,
}


@pytest.mark.parametrize("kind", CODING_RISE_DB)
def test_decoded_files_stay_under_minus_one_dbtp(kind: AudioFormat) -> None:
    assert CEILINGS_DBTP[kind] + CODING_RISE_DB[kind] <= -1.0
    # The ceiling should cost no more than half a decibel of loudness.
    assert CEILINGS_DBTP[kind] + CODING_RISE_DB[kind] > -1.6


def test_lossless_ceiling_allows_for_noise_up_to_the_bands_edge() -> None:
    assert CEILINGS_DBTP["flac"] == CEILINGS_DBTP["wav"] == -1.5


def test_stems_reach_full_scale_unless_coding_raises_their_peaks() -> None:
    assert STEM_PEAKS_DBFS == {"flac": 0.0, "wav": 0.0, "mp3": -1.0}


@pytest.mark.parametrize(
    ("kind", "asked", "written"),
    [
        *(("m4a", 256, "256k"), ("m4a", 320, "320k"), ("m4a", 512, "320k")),
        *(("opus", 128, "128k"), ("opus", 192, "192k"), ("opus", 320, "192k")),
    ],
)
def test_bit_rate_is_capped(kind: AudioFormat, asked: int, written: str) -> None:
    arguments = codec_arguments(kind, asked)
    assert arguments[arguments.index("-b:a") + 1] == written


@pytest.mark.parametrize(
    ("kind", "codec", "container"), [("m4a", "aac", "adts"), ("opus", "libopus", "opus")]
)
def test_codec_and_container_fit_the_format(kind: AudioFormat, codec: str, container: str) -> None:
    arguments = codec_arguments(kind, 192)
    assert arguments[arguments.index("-c:a") + 1] == codec
    assert arguments[arguments.index("-f") + 1] == container


def test_browsers_get_each_formats_media_type() -> None:
    assert MEDIA_TYPES == {
        "mp3": "audio/mpeg",
        "flac": "audio/flac",
        "wav": "audio/wav",
        "m4a": "audio/mp4",
        "opus": "audio/ogg",
    }
