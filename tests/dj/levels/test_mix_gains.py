"""Gains of built sounds: no track is raised so far that the limiter works on it all the time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile, measure_loudness
from backend.app.analysis.track import analyse
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.shapes.plain_crossfades import plan_crossfades
from backend.app.dj.levels.level_notes import (
    mix_limiting_note,
    mix_loudness_note,
    soft_track_note,
)
from backend.app.dj.levels.mix_gains import (
    format_shift_db,
    level_tracks,
    mix_target_lufs,
    with_gains,
)
from backend.app.dj.levels.track_gains import (
    CEILING_DBTP,
    forecast,
    gain_for,
    gain_shift_db,
    lufs_at,
    most_gain_db,
)
from backend.app.dj.timeline import Timeline
from backend.app.dsp.limiter import BLOCK, Block, limit
from backend.app.dsp.samples import SAMPLE_RATE, Samples, gain_of_db

TARGET_LUFS = -14.0
SECONDS = 24
TIMES = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE


def stereo(wave: np.ndarray) -> Samples:
    return np.ascontiguousarray(np.stack([wave, wave]).astype(np.float32))


def deep_bass() -> Samples:
    """A bass of 22 Hz on every other quarter of a second, with a crest of 6 dB."""
    gate = np.clip(20.0 * np.sin(2 * np.pi * 2.0 * TIMES), 0.0, 1.0)
    return stereo(0.9 * gate * np.sin(2 * np.pi * 22.0 * TIMES))


def buzz() -> Samples:
    """A hundred short peaks a second: each as high as the next, with little power."""
    wave = np.zeros(len(TIMES))
    wave[:: SAMPLE_RATE // 100] = 0.9
    return stereo(wave)


def noise() -> Samples:
    return stereo(0.05 * np.random.default_rng(1).standard_normal(len(TIMES)))


@cache
def measured(name: str) -> LoudnessProfile:
    """The profile of a built sound, with its share of bass, as the product measures it."""
    sound = {"bass": deep_bass, "buzz": buzz, "noise": noise}[name]()
    analysis, profile = analyse([sound])
    return replace(profile, bass_share=analysis.bass_share)


def deck(name: str, title: str) -> DeckTrack:
    return DeckTrack(title, title, title, "", len(TIMES), measured(name))


def mixed(*names: str) -> tuple[Timeline, list[LoudnessProfile]]:
    decks = [deck(name, f"{name} {place}") for place, name in enumerate(names)]
    timeline = plan_crossfades(decks, transition_ms=2000, loudness_lufs=TARGET_LUFS)
    return timeline, [one.loudness for one in decks]


def limited_share(sound: Samples, gain_db: float) -> float:
    """Share of the time in which the product's limiter takes over 3 dB from a sound at a gain."""
    loud = sound * np.float32(gain_of_db(gain_db))
    blocks = [loud[:, at : at + BLOCK] for at in range(0, loud.shape[1] - BLOCK, BLOCK)]
    after = limit(iter([Block(one) for one in blocks]), CEILING_DBTP)
    ratios = []
    for before, limited in zip(blocks[1:], after, strict=False):
        clear = np.abs(before[0]) > 0.01  # where the gain can be read from the samples
        ratios.append(np.abs(limited[0][clear]) / np.abs(before[0][clear]))
    n_clear = sum(map(len, ratios))
    played = sum(one.shape[1] for one in blocks[1:-2])
    weak = gain_of_db(-3.0)
    strong = sum(float((one < weak).sum()) for one in ratios)
    return strong / (played if n_clear > played / 4 else n_clear)


@pytest.mark.parametrize("name", ["bass", "buzz"])
def test_limiter_takes_over_three_db_for_a_twentieth_of_the_time(name: str) -> None:
    sound = {"bass": deep_bass, "buzz": buzz}[name]()
    gain_db = gain_for(measured(name), TARGET_LUFS)
    # 2 %: the limiter smooths its gain over 5 ms, and 10 ms peaks are a bound
    assert limited_share(sound, gain_db) <= 0.07
    free_db = TARGET_LUFS - measured(name).integrated_lufs
    assert limited_share(sound, free_db) > 0.3  # at the full gain it would work all the time


def test_sparse_peaks_do_not_hold_a_track_back() -> None:
    sound = noise()
    sound[:, :: 4 * SAMPLE_RATE] = 1.0  # one strike every four seconds
    profile = measure_loudness([sound])
    assert lufs_at(profile, gain_for(profile, TARGET_LUFS)) == pytest.approx(TARGET_LUFS, abs=0.05)


def note(name: str) -> str:
    profile = measured(name)
    return soft_track_note("Sub", profile, gain_for(profile, TARGET_LUFS), TARGET_LUFS) or ""


def test_heavy_bass_is_named_as_the_cause() -> None:
    assert "heavy bass" in note("bass")
    assert "quiet" not in note("bass")


def test_steady_peaks_are_named_as_the_cause() -> None:
    assert "highest level much of the time" in note("buzz")
    assert "bass" not in note("buzz")


def test_limiting_of_a_raised_bass_names_the_bass() -> None:
    timeline, profiles = mixed("bass")
    loud = with_gains(timeline, [6.0])
    limiting_db = forecast(loud, profiles)[1]
    said = mix_limiting_note(loud, profiles, limiting_db) or ""
    assert "has a heavy bass, which counts little for its loudness" in said


def test_one_soft_track_does_not_lower_the_mix() -> None:
    profiles = [measured("noise"), measured("noise"), measured("buzz")]
    assert mix_target_lufs(profiles, TARGET_LUFS) == pytest.approx(TARGET_LUFS, abs=0.05)


def test_mix_is_lowered_by_one_lu_at_most_if_most_tracks_need_it() -> None:
    profiles = [measured("noise"), measured("buzz"), measured("buzz")]
    assert lufs_at(profiles[1], most_gain_db(profiles[1])) < TARGET_LUFS - 1.0
    assert mix_target_lufs(profiles, TARGET_LUFS) == TARGET_LUFS - 1.0


@pytest.mark.parametrize("names", [("noise", "buzz", "noise"), ("buzz", "buzz", "noise")])
def test_no_track_of_a_mix_is_raised_over_its_limit(names: tuple[str, ...]) -> None:
    timeline, profiles = mixed(*names)
    for clip, profile in zip(timeline.clips, profiles, strict=True):
        assert clip.gain_db <= most_gain_db(profile) + 1e-6


def test_other_tracks_hardly_make_up_for_a_soft_one() -> None:
    timeline, profiles = mixed("buzz", "buzz", "buzz", "noise")
    target_lufs = mix_target_lufs(profiles, TARGET_LUFS)
    loudest_lufs = lufs_at(profiles[3], timeline.clips[3].gain_db)
    assert loudest_lufs <= target_lufs + 0.5 + 0.05  # rounding of the forecast


def test_level_of_a_mix_without_limits_is_the_requested_one() -> None:
    timeline, profiles = mixed("noise", "noise")
    softer = level_tracks(timeline, profiles, [30.0, 30.0], -20.0)
    assert forecast(softer, profiles)[0] == pytest.approx(-20.0, abs=0.05)


def test_softer_mix_is_as_soft_in_every_format() -> None:
    timeline, profiles = mixed("buzz", "buzz")
    planned_lufs = forecast(timeline, profiles)[0]
    assert planned_lufs < TARGET_LUFS - 1.0
    shift_db = format_shift_db(timeline, profiles, TARGET_LUFS, ceiling_dbtp=-1.0)
    assert shift_db <= 0.01  # less limiting needs less gain
    assert gain_shift_db(timeline, profiles, TARGET_LUFS, ceiling_dbtp=-1.0) > 1.0


def test_lowered_mix_names_its_cause() -> None:
    said = mix_loudness_note(-15.0, TARGET_LUFS, limiting_db=4.0, lowered_lu=1.0) or ""
    assert said == (
        "The mix comes out at -15.0 LUFS instead of -14.0: the limiter would flatten most of its"
        " tracks."
    )
