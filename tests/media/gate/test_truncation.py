"""Incomplete tracks are rejected or reported, depending on how much is lost."""

from __future__ import annotations

import pytest

from backend.app.errors import RejectedFile
from backend.app.media.gate.formats import FLAC, M4A, MP3, WAV, SniffedFormat
from backend.app.media.gate.truncation import truncation_warning


def warning(kind: SniffedFormat, lost_s: float, *, errors: int = 0, **facts: int) -> str:
    return truncation_warning(kind, 100.0 - lost_s, 100.0, errors=errors, **facts) or ""


# A FLAC states its length to the sample; other formats may count 0.15 s of padding.
@pytest.mark.parametrize(("kind", "slack_s"), [(FLAC, 0.001), (MP3, 0.15), (M4A, 0.15)])
def test_lost_sound_is_reported_beyond_the_formats_slack(
    kind: SniffedFormat, slack_s: float
) -> None:
    assert warning(kind, 0.9 * slack_s) == ""
    assert "damaged or incomplete" in warning(kind, 1.1 * slack_s, errors=1)


def test_warning_names_what_is_readable_and_what_is_missing() -> None:
    assert "87.5 of 100.0 s can be read, 12.50 s are missing" in warning(MP3, 12.5, cut_off=True)


@pytest.mark.parametrize("kind", [FLAC, MP3, M4A], ids=["flac", "mp3", "m4a"])
def test_less_than_half_a_track_is_rejected(kind: SniffedFormat) -> None:
    assert warning(kind, 50.0, errors=1)
    for facts in ({"errors": 1}, {"cut_off": True}):
        with pytest.raises(RejectedFile, match=r"49\.9 of 100\.0 s can be read"):
            warning(kind, 50.1, **facts)


@pytest.mark.parametrize("kind", [FLAC, MP3, M4A], ids=["flac", "mp3", "m4a"])
def test_whole_file_with_a_wrong_length_is_admitted(kind: SniffedFormat) -> None:
    assert "header states a wrong length: 1.0 of 100.0 s" in warning(kind, 99.0)


def test_slack_is_measured_in_samples_of_the_files_rate() -> None:
    assert warning(MP3, 0.8, rate_hz=8_000) == ""
    assert warning(MP3, 0.85, rate_hz=8_000)


def test_other_formats_may_state_any_length() -> None:
    assert warning(WAV, 90.0)


def test_decoder_errors_alone_ask_to_listen() -> None:
    assert "listen to it" in warning(MP3, 0.0, errors=1)
    assert truncation_warning(MP3, 100.0, None, errors=0) is None
