"""Notes name tracks that stay too soft in a mix, and the cause."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.shapes.plain_crossfades import plan_crossfades
from backend.app.dj.levels.level_notes import (
    limiting_note,
    mix_limiting_note,
    mix_loudness_note,
    soft_track_note,
)
from backend.app.dj.levels.track_gains import forecast, gain_for

TARGET_LUFS = -14.0


def profile(lufs: float, peak_db: float) -> LoudnessProfile:
    """A minute of constant loudness and peaks."""
    energy = 10 ** ((lufs + 0.691) / 10)  # BS.1770: LUFS are -0.691 dB + the mean square
    return LoudnessProfile(np.full(600, energy), np.full(6000, 10 ** (peak_db / 20), np.float32))


def note(track: LoudnessProfile) -> str | None:
    return soft_track_note("Tape", track, gain_for(track, TARGET_LUFS), TARGET_LUFS)


def test_home_recording_that_stays_soft_is_named() -> None:
    said = note(profile(-59.0, -45.0)) or ""
    assert said.startswith("“Tape” stays about 15 dB softer than the mix")
    assert "recorded at -59 LUFS, and a gain of more than 30 dB" in said


def test_track_under_the_gate_is_named_without_a_number() -> None:
    said = note(profile(-80.0, -70.0)) or ""
    assert "too soft to be measured" in said
    assert "inf" not in said
    assert mix_loudness_note(-math.inf, TARGET_LUFS, limiting_db=0.0) is None


def test_track_at_the_gain_of_its_album_has_no_note() -> None:
    intro = profile(-41.0, -30.0)
    assert soft_track_note("Intro", intro, 6.0, TARGET_LUFS) is None


def test_track_with_no_room_above_its_peaks_is_named() -> None:
    tape = profile(-40.0, -30.0)
    tape.peaks[200] = 10 ** (-3.0 / 20)
    assert "its peaks leave no room" in (note(tape) or "")


def test_track_that_is_limited_all_the_time_is_named() -> None:
    said = note(profile(-40.0, -3.0)) or ""
    assert "at its highest level much of the time" in said


@pytest.mark.parametrize("lufs", [-40.0, -14.0, -8.0])
def test_track_that_reaches_the_loudness_has_no_note(lufs: float) -> None:
    assert note(profile(lufs, lufs + 8.0)) is None


@pytest.mark.parametrize(
    ("lufs", "limiting_db", "cause"),
    [(-14.4, 0.0, None), (-20.0, 0.0, "recorded too softly"), (-16.0, 12.0, "leave no room")],
)
def test_mix_that_misses_its_loudness_names_the_cause(
    lufs: float, limiting_db: float, cause: str | None
) -> None:
    said = mix_loudness_note(lufs, TARGET_LUFS, limiting_db=limiting_db)
    assert (said is None) if cause is None else cause in (said or "")


def deck(title: str, lufs: float, peak_db: float) -> DeckTrack:
    """A minute of constant loudness with one higher peak."""
    loudness = profile(lufs, lufs + 3.0)
    loudness.peaks[200] = 10 ** (peak_db / 20)
    return DeckTrack(title, title, title, "", 60 * 44_100, loudness)


def note_on_limiting(*decks: DeckTrack) -> str:
    timeline = plan_crossfades(decks, transition_ms=8000, loudness_lufs=TARGET_LUFS)
    profiles = [one.loudness for one in decks]
    return mix_limiting_note(timeline, profiles, forecast(timeline, profiles)[1]) or ""


def test_limiting_is_noted_from_six_db_on() -> None:
    assert limiting_note(5.9) is None
    said = limiting_note(6.0) or ""
    assert said.startswith("The limiter lowers the loudest peaks by up to 6 dB.")


def test_raised_track_with_high_peaks_is_the_cause() -> None:
    said = note_on_limiting(deck("Soft", -30.0, -10.0), deck("Loud", -9.0, -3.0))
    assert "“Soft” was raised by 16 dB to the mix's loudness" in said


def test_loud_track_with_high_peaks_is_not_called_raised() -> None:
    said = note_on_limiting(deck("Loud", -13.0, 5.0))
    assert said.startswith("The limiter lowers the loudest peaks of “Loud” by up to 6 dB.")
