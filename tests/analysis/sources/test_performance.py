"""Analyses of how sounds are played, computed block by block, stored and loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.app.analysis.sources.performance import (
    analyse_performance,
    load_performance,
    save_performance,
)
from backend.app.dsp.channels import right_reversed
from backend.app.dsp.granular.performance import POWER_HOP, TONE_HOP, Performance
from backend.app.dsp.samples import Samples
from composer.drums import drum
from composer.tones import tone
from tests.sounds import SR, noise, silence, sine

FIELDS = ("onsets", "power", "pitch", "tones", "brightness")
TRIAD = (52, 57, 64)


def blocks(sound: Samples, size: int = SR) -> Iterator[Samples]:
    return (sound[:, i : i + size] for i in range(0, sound.shape[1], size))


def cents(midi: float) -> float:
    return float(1200 * np.log2(440.0) + 100 * (midi - 69))


def chord(name: str, seconds: float = 2.0) -> Samples:
    """A triad over a hiss 30 dB softer."""
    notes = [tone(name, midi, round(seconds * SR)) for midi in TRIAD]
    return (0.1 * np.sum(notes, axis=0) + noise(seconds, seed=5, rms_db=-50)).astype(np.float32)


def drums(name: str) -> Samples:
    row = silence(3.0)
    for k in range(6):
        hit = drum(name, k)[..., : SR // 2]
        row[:, k * SR // 2 :][:, : hit.shape[-1]] += hit
    return row


def test_notes_of_channels_that_cancel_are_heard() -> None:
    note = np.tile(tone("keys", 57, SR)[:1], (2, 1))
    plain = analyse_performance([note], "voice")
    turned = analyse_performance([right_reversed(note)], "voice", channels_cancel=True)
    assert np.isfinite(plain.pitch).any()
    assert np.array_equal(plain.pitch, turned.pitch, equal_nan=True)


def test_onsets_power_and_length_are_measured() -> None:
    sound = silence(2.0)
    sound[:, SR // 2 : SR] = noise(0.5, seed=1, rms_db=-20)
    heard = analyse_performance(blocks(sound), "hits")
    assert heard.n_samples == 2 * SR
    assert heard.onsets / SR == pytest.approx([0.5], abs=0.004)  # cells of 1 ms, in spans of 4
    power_db = 10 * np.log10(np.maximum(heard.power, 1e-12))
    inside = slice(SR // 2 // POWER_HOP, SR // POWER_HOP)
    # a mean of 882 values varies by 0.2 dB; five times that, and more
    assert power_db[inside] == pytest.approx(-20.0, abs=1.5)
    assert (np.delete(power_db, np.arange(inside.start, inside.stop)) < -119.9).all()


def test_performance_is_independent_of_block_sizes() -> None:
    sound = chord("strum")
    whole, pieces = analyse_performance([sound]), analyse_performance(blocks(sound, 10_007))
    assert whole.n_samples == pieces.n_samples
    for field in FIELDS:
        np.testing.assert_allclose(
            getattr(whole, field), getattr(pieces, field), rtol=1e-3, atol=1e-3
        )


def test_tone_has_pitch_and_chord_tones() -> None:
    heard = analyse_performance(blocks(sine(1.0, 440.0)))
    assert np.nanmedian(heard.pitch) == pytest.approx(cents(69), abs=5)
    # The tones' grid has steps of 10 cents.
    assert np.nanmedian(heard.tones[:, 0]) == pytest.approx(cents(69), abs=10)


@pytest.mark.parametrize("name", ["strum", "pad"])
def test_chord_tones_are_found_throughout(name: str) -> None:
    heard = analyse_performance(blocks(chord(name)), "chords")
    inside = heard.tones[SR // 5 // TONE_HOP : 9 * SR // 5 // TONE_HOP]
    assert np.isfinite(inside[:, 0]).mean() > 0.95
    wanted = np.array([cents(midi) for midi in TRIAD])
    away = np.abs(inside[:, :, None] - wanted)
    met = np.where(np.isfinite(away), away, np.inf).min(axis=1) < 50
    assert met.mean() > 0.6  # tones an octave off count as equal


@pytest.mark.parametrize("name", ["snare", "hat", "clap"])
def test_drums_have_no_tones(name: str) -> None:
    heard = analyse_performance(blocks(drums(name)))
    assert np.isfinite(heard.tones).mean() < 0.05


@pytest.mark.parametrize("parts", [None, "chords"])
def test_noise_has_no_tones(parts) -> None:
    low = np.cumsum(noise(2.0, seed=3), axis=1)
    brown = 0.1 * (low - low.mean(axis=1, keepdims=True)) / np.abs(low).max()
    for sound in (noise(2.0, seed=2), np.diff(noise(2.0, seed=2)), brown.astype(np.float32)):
        assert np.isfinite(analyse_performance(blocks(sound), parts).tones).mean() < 0.02


def test_given_parts_limit_what_is_analysed() -> None:
    heard = analyse_performance(blocks(sine(0.5, 440.0)), "hits")
    assert not np.isfinite(heard.pitch).any()
    assert not np.isfinite(heard.tones).any()
    voice = analyse_performance(blocks(sine(0.5, 440.0)), "voice")
    assert np.isfinite(voice.pitch).any()
    assert not np.isfinite(voice.tones).any()


def test_silence_gives_empty_performance() -> None:
    heard = analyse_performance(blocks(silence(1.0)))
    assert len(heard.onsets) == 0
    assert heard.loud_power == 0.0
    assert not np.isfinite(heard.pitch).any()
    assert not np.isfinite(heard.tones).any()
    assert not np.isfinite(heard.brightness).any()


def test_brighter_sound_measures_brighter() -> None:
    dark, light = (
        np.nanmedian(analyse_performance([sine(0.5, hz)]).brightness) for hz in (300, 3000)
    )
    assert light - dark > 2.0  # over three octaves, which the wide bands make smaller


@pytest.fixture
def heard() -> Performance:
    return analyse_performance(blocks(chord("strum", 0.6)))


def test_saved_performance_is_loaded_again(tmp_path: Path, heard: Performance) -> None:
    save_performance(heard, tmp_path / "kept.npz")
    found = load_performance(tmp_path / "kept.npz")
    assert found is not None
    assert found.n_samples == heard.n_samples
    for field in FIELDS:
        assert getattr(found, field).dtype == getattr(heard, field).dtype
        np.testing.assert_array_equal(getattr(found, field), getattr(heard, field))


def test_damaged_performance_file_loads_as_none(tmp_path: Path, heard: Performance) -> None:
    path = tmp_path / "kept.npz"
    assert load_performance(path) is None
    save_performance(heard, path)
    kept = path.read_bytes()
    for n in (0, 10, len(kept) // 2, len(kept) - 30):
        path.write_bytes(kept[:n])
        assert load_performance(path) is None
    middle = len(kept) // 2
    path.write_bytes(kept[:middle] + bytes(8) + kept[middle + 8 :])
    assert load_performance(path) is None
