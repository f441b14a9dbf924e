"""Recorded drums replace synthesised ones, and start on their stated samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer.compose import compose_song
from composer.kits import recorded
from composer.song import SAMPLE_RATE, Song, SongSpec
from tests.composer.test_compose import onset_near


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A kit with two kicks, of which the second is louder, a snare at 48 kHz and a pedal hat."""
    t = np.arange(SAMPLE_RATE // 5) / SAMPLE_RATE
    silence = np.zeros(441)
    hit = np.concatenate((silence, np.cos(2.0 * np.pi * 90.0 * t) * np.exp(-t / 0.05)))
    soundfile.write(tmp_path / "Kick-Soft.wav", 0.2 * hit[::-1], SAMPLE_RATE)
    soundfile.write(tmp_path / "Kick-Hard.wav", np.stack((0.5 * hit, 0.4 * hit), 1), SAMPLE_RATE)
    soundfile.write(tmp_path / "808_Snare_1.flac", 0.5 * hit, 48_000)
    soundfile.write(tmp_path / "HatPedal-Hard.wav", 0.5 * hit, SAMPLE_RATE)
    (tmp_path / "drumkit.xml").write_text("<name>Kick</name>", encoding="utf-8")
    return tmp_path


def song(kit: Path | None) -> Song:
    folder = "" if kit is None else str(kit)
    return compose_song(SongSpec(style="pop", seed=5, duration_s=16.0, kit=folder))


def test_loudest_hit_is_taken_without_its_silence(kit: Path) -> None:
    kick = recorded(str(kit), "kick")
    assert kick is not None
    assert kick[0] == pytest.approx(1.0)
    assert len(kick) == SAMPLE_RATE // 5


def test_other_rates_are_resampled(kit: Path) -> None:
    snare = recorded(str(kit), "snare")
    assert snare is not None
    # 90 Hz recorded at 44.1 kHz and read as 48 kHz: 98 Hz, a period of 450 samples.
    power = np.abs(np.fft.rfft(snare, 8 * SAMPLE_RATE))
    assert np.argmax(power) / 8.0 == pytest.approx(98.0, abs=1.0)


@pytest.mark.parametrize("drum", ["hat", "open", "crash"])
def test_missing_drums_are_not_invented(kit: Path, drum: str) -> None:
    assert recorded(str(kit), drum) is None


def test_recorded_drums_sound_on_the_stated_beats(kit: Path) -> None:
    made, plain = song(kit), song(None)
    assert np.array_equal(made.onsets["kick"], plain.onsets["kick"])
    assert np.abs(made.stems["drums"] - plain.stems["drums"]).max() > 0.05
    kicks = np.intersect1d(made.onsets["kick"], made.beats)
    heard = np.array([onset_near(made.stems["drums"], at) for at in kicks])
    assert np.median(np.abs(heard - kicks)) <= 0.001
