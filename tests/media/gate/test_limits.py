"""Limits of length, silence and invalid samples are exact to the sample."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.errors import RejectedFile
from backend.app.media.gate.formats import FLAC, WAV
from backend.app.media.gate.limits import GateLimits
from backend.app.media.gate.signal_checks import SignalStats

RATE = 44_100
WINDOW = 2048  # samples in which the gate looks for sound
LIMITS = GateLimits()


def stats(n_samples: int, *, audible: int = 8, nans: int = 0, huge: int = 0) -> SignalStats:
    """Statistics of some audible windows, then silence, with invalid samples at the end."""
    block = np.zeros((n_samples, 2), np.float32)
    block[: audible * WINDOW : 2] = 0.5
    block[n_samples - nans :] = np.nan
    block[n_samples - nans - huge : n_samples - nans] = 9.0
    found = SignalStats()
    found.add(block)
    return found


def code_of(found: SignalStats) -> str:
    """The code with which a track is rejected; "" if it is admitted."""
    try:
        LIMITS.check_signal(found)
    except RejectedFile as e:
        return e.code
    return ""


@pytest.mark.parametrize(("n_samples", "code"), [(RATE, ""), (RATE - 1, "too_short")])
def test_a_track_lasts_at_least_a_second(n_samples: int, code: str) -> None:
    assert code_of(stats(n_samples)) == code


# The limit lies between 5 audible windows (0.23 s) and 6 (0.28 s).
@pytest.mark.parametrize(("audible", "code"), [(6, ""), (5, "silent")])
def test_a_quarter_of_a_second_must_be_audible(audible: int, code: str) -> None:
    assert code_of(stats(2 * RATE, audible=audible)) == code


@pytest.mark.parametrize(
    ("nans", "huge", "code"),
    [
        *((44, 0, ""), (45, 0, "not_finite"), (0, 45, "out_of_range")),
        *((30, 30, "not_finite"), (29, 30, "out_of_range")),
    ],
)
def test_one_invalid_sample_in_a_thousand_is_repaired(nans: int, huge: int, code: str) -> None:
    assert code_of(stats(RATE, nans=nans, huge=huge)) == code


@pytest.mark.parametrize(
    ("max_track_s", "shown"),
    [
        (10_800.0, "3 hours"),
        (5400.0, "90 minutes"),
        (1800.0, "30 minutes"),
        (120.0, "2 minutes"),
        (119.0, "119 s"),
        (5.0, "5 s"),
    ],
)
def test_longest_track_is_named_in_minutes_from_two_on(max_track_s: float, shown: str) -> None:
    limits = GateLimits(max_track_s=max_track_s)
    limits.check_length(max_track_s)
    with pytest.raises(RejectedFile, match=f"longer than {shown}"):
        limits.check_length(max_track_s + 0.001)


def test_longest_track_is_a_djs_set_by_default() -> None:
    assert LIMITS.max_track_s == 3 * 3600


def test_decoder_gets_time_for_the_longest_track() -> None:
    assert LIMITS.confinement.cpu_s == 720
    assert GateLimits(max_track_s=60.0).confinement.cpu_s == 180


def test_format_left_out_by_the_settings_is_rejected() -> None:
    limits = GateLimits(formats=frozenset({"flac"}))
    limits.check_format(FLAC)
    with pytest.raises(RejectedFile, match="This is WAV audio, which is not supported"):
        limits.check_format(WAV)
